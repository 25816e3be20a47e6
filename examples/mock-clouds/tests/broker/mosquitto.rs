//! Mosquitto's rules, by clients that break them.

use std::sync::Arc;

use mock_clouds::Peer;
use mock_clouds::broker::Mosquitto;
use mock_clouds::broker::mosquitto::{Acl, Rule, Settings};
use mock_clouds::mqtt::packet::{Connect, Packet};
use mock_clouds::mqtt::{Broker, Heard, Probe, Version};
use mock_clouds::tls::Now;
use mock_servers::pki::{Day, Holder, NOW, Request};
use rcgen::{CertificateRevocationListParams, Issuer, KeyIdMethod, KeyPair, RevokedCertParams, SerialNumber};
use rustls::pki_types::{CertificateDer, CertificateRevocationListDer, PrivatePkcs8KeyDer};

use crate::oracle::Identity;

/// What every device may.
const ACL: &str = "pattern write devices/%u/up/#\npattern read devices/%u/down/#\n";

struct World {
    root: Holder,
    stranger: Holder,
}

impl World {
    fn new() -> Self {
        let root = Holder::root(&Request::authority("root")).unwrap();
        Self { root, stranger: Holder::root(&Request::authority("root")).unwrap() }
    }

    fn device(&self, change: impl FnOnce(&mut Request)) -> Peer {
        let mut request = Request::device("sensor-1");
        change(&mut request);
        peer(&self.root.issue(&request).unwrap())
    }

    fn broker(
        &self,
        off: &[Rule],
        revoked: Option<CertificateRevocationListDer<'static>>,
    ) -> Broker<Mosquitto> {
        let settings = Settings {
            authorities: vec![self.root.der().clone()],
            revoked,
            acl: Some(Acl::parse(ACL).unwrap()),
        };
        let now: Now = Arc::new(|| NOW);
        let mosquitto = Mosquitto::new(settings, Now::clone(&now)).unwrap();
        Broker::new(off.iter().fold(mosquitto, |mosquitto, rule| mosquitto.without(*rule)), now)
    }
}

/// The list of an authority `root`, with one certificate, good from one day to another.
pub(crate) fn revoked(
    root: &Holder,
    certificate: &CertificateDer<'_>,
    (from, to): (Day, Day),
) -> CertificateRevocationListDer<'static> {
    let key = KeyPair::try_from(root.key().secret_der()).unwrap();
    let mut name = rcgen::CertificateParams::default();
    name.distinguished_name = rcgen::DistinguishedName::new();
    name.distinguished_name.push(rcgen::DnType::CommonName, "root");
    name.key_usages = vec![rcgen::KeyUsagePurpose::CrlSign];
    let parsed = Peer { chain: vec![certificate.clone().into_owned()], ..Peer::default() };
    let serial = parsed.certificate().unwrap().raw_serial().to_vec();
    let day = |(year, month, day): Day| rcgen::date_time_ymd(year, month, day);
    let list = CertificateRevocationListParams {
        this_update: day(from),
        next_update: day(to),
        crl_number: SerialNumber::from(1),
        issuing_distribution_point: None,
        revoked_certs: vec![RevokedCertParams {
            serial_number: SerialNumber::from(serial),
            revocation_time: day(from),
            reason_code: None,
            invalidity_date: None,
        }],
        key_identifier_method: KeyIdMethod::Sha256,
    };
    list.signed_by(&Issuer::new(name, key)).unwrap().der().clone()
}

/// A certificate of an authority `root` that has no common name, and its key.
pub(crate) fn nameless(root: &Holder, (from, to): (Day, Day)) -> Identity {
    let day = |(year, month, day): Day| rcgen::date_time_ymd(year, month, day);
    let (mut issuer, mut own) = (rcgen::CertificateParams::default(), rcgen::CertificateParams::default());
    for (params, kind, name) in [
        (&mut issuer, rcgen::DnType::CommonName, "root"),
        (&mut own, rcgen::DnType::OrganizationName, "nobody"),
    ] {
        params.distinguished_name = rcgen::DistinguishedName::new();
        params.distinguished_name.push(kind, name);
    }
    (own.not_before, own.not_after) = (day(from), day(to));
    own.extended_key_usages = vec![rcgen::ExtendedKeyUsagePurpose::ClientAuth];
    let issuer = Issuer::new(issuer, KeyPair::try_from(root.key().secret_der()).unwrap());
    let key = KeyPair::generate().unwrap();
    let chain = vec![own.signed_by(&key, &issuer).unwrap().der().clone()];
    Identity { chain, key: PrivatePkcs8KeyDer::from(key.serialize_der()).into() }
}

fn peer(holder: &Holder) -> Peer {
    Peer { chain: holder.chain().to_vec(), ..Peer::default() }
}

/// A client that breaks the rule, up to where it is stopped.
async fn way(world: &World, rule: Rule, off: Option<Rule>, version: Version) -> Result<(), String> {
    let mut peer = world.device(|_| {});
    let mut connect = Connect::new(version, "sensor-1");
    let mut revoked = None;
    match rule {
        Rule::Certificate => peer = Peer::default(),
        Rule::Authority => peer = self::peer(&world.stranger.issue(&Request::device("sensor-1")).unwrap()),
        Rule::Dates => peer = world.device(|request| request.valid = ((2026, 1, 1), (2027, 1, 1))),
        Rule::Revoked => {
            revoked = Some(self::revoked(&world.root, &peer.chain[0], ((2028, 1, 1), (2029, 1, 1))))
        }
        Rule::Identity => connect.user_name = Some("sensor-2".into()),
        Rule::CommonName => peer.chain = nameless(&world.root, ((2026, 1, 1), (2032, 1, 1))).chain,
        Rule::ClientId => connect.client_id = "sensor-2".into(),
        Rule::AclWrite | Rule::AclRead => {}
    }
    // Without a certificate or a name in it the user name is the client's word.
    if matches!(rule, Rule::Certificate | Rule::CommonName) {
        connect.user_name = Some("sensor-1".into());
    }
    let mut all_off: Vec<_> = off.into_iter().collect();
    if rule == Rule::Certificate {
        // No certificate has no common name, which would be the next to be missed.
        all_off.push(Rule::CommonName);
    }
    let broker = world.broker(&all_off, revoked);
    let sensor_2 = world.device(|request| request.subject = "sensor-2".into());
    let named = Connect { user_name: Some("sensor-2".into()), ..Connect::new(version, "sensor-2") };
    let (mut victim, heard) = Probe::connect(&broker, sensor_2, named).await;
    assert!(heard.is_welcome());
    let (mut probe, heard) = Probe::connect(&broker, peer, connect).await;
    if !heard.is_welcome() {
        assert!(matches!(&heard, Heard::Closed | Heard::Packet(Packet::ConnAck(_))), "{heard:?}");
        return Err(broker.seen().complaints.pop().unwrap());
    }
    let published = async |probe: &mut Probe, topic: &str| {
        probe.publish(7, topic, b"x").await;
        assert!(matches!(probe.hear().await, Heard::Packet(Packet::PubAck(_))));
        !broker.seen().payloads(topic).is_empty()
    };
    match rule {
        Rule::Identity => {
            if published(&mut probe, "devices/sensor-2/up/t").await {
                Ok(())
            } else {
                Err("not written".into())
            }
        }
        Rule::AclWrite => {
            if published(&mut probe, "devices/sensor-2/up/t").await {
                Ok(())
            } else {
                Err("not written".into())
            }
        }
        Rule::ClientId => {
            victim.send(&Packet::PingReq).await;
            match victim.hear().await {
                Heard::Packet(Packet::PingResp) => Err("its own session".into()),
                _ => Ok(()),
            }
        }
        Rule::AclRead => {
            probe.subscribe(1, &["devices/sensor-2/#"]).await;
            let Heard::Packet(Packet::SubAck(ack)) = probe.hear().await else { panic!() };
            // Granted, whatever it may read.
            assert_eq!(ack.codes, [1]);
            assert!(published(&mut victim, "devices/sensor-2/up/t").await);
            match probe.hear().await {
                Heard::Packet(Packet::Publish(_)) => Ok(()),
                _ => Err("not read".into()),
            }
        }
        _ => {
            if published(&mut probe, "devices/sensor-1/up/t").await {
                Ok(())
            } else {
                Err("not written".into())
            }
        }
    }
}

#[tokio::test(start_paused = true)]
async fn each_rule_is_broken_and_missed() {
    let world = World::new();
    for version in [Version::V311, Version::V5] {
        for rule in Rule::ALL {
            let words = way(&world, rule, None, version).await.expect_err(&format!("{rule:?}"));
            let expected = match rule {
                Rule::Certificate => "TLS: the client sent no certificate",
                Rule::Authority => "TLS: invalid peer certificate: ",
                Rule::Dates => "TLS: invalid peer certificate: certificate expired",
                Rule::Revoked => "TLS: invalid peer certificate: Revoked",
                Rule::Identity | Rule::AclWrite => "not written",
                Rule::CommonName => "the certificate has no common name",
                Rule::ClientId => "its own session",
                Rule::AclRead => "not read",
            };
            assert!(words.contains(expected), "{rule:?}: {words}");
            assert_eq!(way(&world, rule, Some(rule), version).await, Ok(()), "{rule:?}");
            for other in Rule::ALL.into_iter().filter(|other| *other != rule) {
                // That another name counts shows by what it may write; a common name is asked for to be the identity.
                let same = [(Rule::Identity, Rule::AclWrite), (Rule::CommonName, Rule::Identity)];
                if !same.contains(&(rule, other)) {
                    assert!(
                        way(&world, rule, Some(other), version).await.is_err(),
                        "{rule:?} without {other:?}"
                    );
                }
            }
        }
    }
}
