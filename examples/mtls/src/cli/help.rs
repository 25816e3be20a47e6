//! What `--help` prints.

pub(super) const HELP: &str = "\
A device logs in at a cloud over mutual TLS: the key is in an ATECC608, its certificate compressed beside it.

Without options it runs on its own: a blank chip in software gets key and certificate from an authority in this program,
and logs in at a mock of AWS IoT Core that runs here, too, and checks what the real one does.

Usage: mtls [OPTIONS]

The cloud:
      --cloud <CLOUD>            aws, azure, google or mosquitto [default: aws]
      --endpoint <HOST[:PORT]>   Logs in at this server, instead of a mock in this program [default port: 8883]. For google
                                 see --project-number
      --ca <FILE>                Roots that the server's certificate must lead to, PEM or DER; may be repeated. Without it
                                 those of this machine count (/etc/ssl/certs/ca-certificates.crt)
      --tls <VERSION>            1.2 or 1.3, and no other [default: what the server prefers]
      --client-id <ID>           The device's name at the cloud: AWS's thing, Azure's device id or registration id, the MQTT
                                 client id. --thing and --device-id are the same [default: the certificate's common name]
      --topic <TOPIC>            Where telemetry goes [default: what the cloud's documentation has; for google the Pub/Sub
                                 topic telemetry]
      --wait <SPAN>              How long to wait for a change by a server elsewhere, which need not send one: seconds, or
                                 a span such as 500ms, 30s [default: 2s]
      --timeout <SPAN>           How long to wait for each answer of a server [default: 10s]

The chip:
      --i2c <LOCATION>           sim: (a blank chip in software), sim:FILE (one that is kept in the file), sim:tngtls or
                                 another preset of atecc608-sim, tcp:HOST:PORT (atecc608-sim's server), or a Linux I2C bus
                                 such as /dev/i2c-1 (100 kHz) [default: sim:]
      --address <ADDRESS>        The chip's 7-bit I2C address. Without it, the chip is looked for at 0x60, 0x35 (Trust&GO)
                                 and 0x36 (TrustFLEX)
      --slot <SLOT>              Slot of the key, for --certificate, --csr and --onboard claim [default: 0]
      --tng                      The chain that a Trust&GO or TrustFLEX chip has from the factory. Such a chip is only read.
                                 Alone it is --i2c sim:tngtls
      --certificate <FILE>       The chain in PEM, the device's own certificate first, if it is not on the chip
      --authority <FOLDER>       Root and signer that issue the certificate, in the form in which the example fleet keeps
                                 them (its --out); made if they are not there. Without it they end with this program, or
                                 for sim:FILE are kept in FILE.authority
      --csr                      Prints a request for a certificate of the key in --slot (PKCS #10, PEM), and ends
      --lock-chip-for-ever       Configures and locks a blank chip that is not in this program. THIS CAN NEVER BE UNDONE

AWS IoT Core:
      --onboard <WAY>            How AWS comes to know the device [default: registered]
                                   registered  its certificate is registered; for Trust&GO without its CA
                                   jitr        its signer is; the first connection is cut, a rule activates it
                                   jitp        its signer is, with a template; the first connection is cut
                                   claim       it comes with a claim certificate and asks for its own by CSR
      --alpn                     Names the protocol x-amzn-mqtt-ca, as on port 443. With a port 443 it is named anyhow
      --template <NAME>          Provisioning template, for --onboard claim [default: atecc608]
      --claim-certificate <FILE> The claim certificate in PEM, for --onboard claim with --endpoint
      --claim-key <FILE>         Its private key in PEM
      --save-certificate <FILE>  Where the certificate goes that AWS issues, for --onboard claim; next time: --certificate

Azure:
      --service <SERVICE>        event-grid, hub or dps [default: event-grid]. hub and dps speak TLS 1.2
      --id-scope <ID>            The provisioning service's, for dps [default: 0ne00000000]

Google Cloud:
      --project-number <NUMBER>  Number (not id) of the project that has the pool: with it Google's servers are used, and
                                 --endpoint says where they are if not where DNS says
      --project <ID>             Project with the Pub/Sub topic [default: demo-project]
      --pool <POOL>              Workload identity pool [default: devices]
      --provider <PROVIDER>      The pool's X.509 provider [default: chips]
      --subscription <NAME>      Pub/Sub subscription from which changes are pulled [default: the client id]

      --json                     Prints one JSON object instead of the steps
  -h, --help                     Prints this
  -V, --version                  Prints the version

Ends with status 1 if something fails, 2 if the command line is wrong.
";
