//! An executor with one thread goes on while the chip signs, if the connection is made in another one.

use std::sync::{Arc, Mutex};
use std::thread;

use atecc608_linux::Failure;
use atecc608_linux::rustls::{ClientCertificate, certified_key};
use rustls::sign::{CertifiedKey, Signer, SigningKey};
use rustls::{Error, SignatureAlgorithm, SignatureScheme};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio_rustls::{TlsAcceptor, TlsConnector};

use crate::authority::{Authority, Point};
use crate::board::Board;
use crate::handshake::{Clients, SERVER, VERSIONS, client_config, server_config};

/// The chip's key, which says when it is asked to sign.
#[derive(Debug)]
struct Announced {
    key: Arc<dyn SigningKey>,
    asked: Arc<Mutex<Option<oneshot::Sender<()>>>>,
}

impl SigningKey for Announced {
    fn choose_scheme(&self, offered: &[SignatureScheme]) -> Option<Box<dyn Signer>> {
        let (signer, asked) = (self.key.choose_scheme(offered)?, Arc::clone(&self.asked));
        Some(Box::new(AnnouncedSigner { signer, asked }))
    }

    fn algorithm(&self) -> SignatureAlgorithm {
        self.key.algorithm()
    }
}

#[derive(Debug)]
struct AnnouncedSigner {
    signer: Box<dyn Signer>,
    asked: Arc<Mutex<Option<oneshot::Sender<()>>>>,
}

impl Signer for AnnouncedSigner {
    fn sign(&self, message: &[u8]) -> Result<Vec<u8>, Error> {
        self.asked.lock().unwrap().take().unwrap().send(()).unwrap();
        self.signer.sign(message)
    }

    fn scheme(&self) -> SignatureScheme {
        self.signer.scheme()
    }
}

/// As `docs/tls.md` has it. The signature waits for the executor here, so it would wait in vain on the executor's own
/// thread.
#[tokio::test]
async fn a_connection_in_another_thread() {
    for version in VERSIONS {
        let board = Board::new();
        let (key, authority) = (board.key(), Authority::root("Root"));
        let chain = authority.device(&Point(key.public_key().to_sec1()));
        let CertifiedKey { cert, key, .. } = certified_key(key, chain).unwrap();
        let (announce, is_asked) = oneshot::channel();
        let key = Announced { key, asked: Arc::new(Mutex::new(Some(announce))) };
        let certificate = Arc::new(ClientCertificate::new(CertifiedKey::new(cert, Arc::new(key))));
        let connector = TlsConnector::from(Arc::new(client_config(&certificate, &authority)));
        let clients = Clients::Below(authority.roots());
        let acceptor = TlsAcceptor::from(Arc::new(server_config(version, authority.server(SERVER), clients)));

        // Somebody has the chip until the executor says so.
        let (chip, (let_go, wait)) = (board.chip.clone(), oneshot::channel());
        let (tell, has_it) = oneshot::channel();
        let holder = thread::spawn(move || {
            chip.with(|_| {
                tell.send(()).unwrap();
                wait.blocking_recv().unwrap();
                Ok::<_, Failure>(())
            })
        });
        has_it.await.unwrap();

        let (near, far) = tokio::io::duplex(1 << 16);
        let handle = Handle::current();
        let connect = connector.connect(SERVER.try_into().unwrap(), near);
        let client = tokio::task::spawn_blocking(move || handle.block_on(connect));
        let server = tokio::spawn(async move {
            let mut stream = acceptor.accept(far).await.unwrap();
            stream.write_all(b"welcome").await.unwrap();
            stream
        });
        is_asked.await.unwrap();
        let_go.send(()).unwrap();
        let mut word = [0; 7];
        client.await.unwrap().unwrap().read_exact(&mut word).await.unwrap();
        assert_eq!(&word, b"welcome");
        server.await.unwrap();
        holder.join().unwrap().unwrap();
        assert_eq!(board.signatures(), 1);
    }
}
