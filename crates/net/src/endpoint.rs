//! One QUIC endpoint per device.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use iroh::address_lookup::UserData;
use iroh::address_lookup::memory::MemoryLookup;
use iroh::endpoint::{IdleTimeout, NetReportConfig, PortmapperConfig, QuicTransportConfig, VarInt, presets};
use iroh::{EndpointAddr, EndpointId, RelayConfig, RelayMode, RelayUrl, SecretKey};
use iroh_mdns_address_lookup::MdnsAddressLookup;

use crate::NetError;

/// An ed25519 public key: a device's address in the network.
pub type Key = [u8; 32];

/// A connection; cheap to copy.
pub type Connection = iroh::endpoint::Connection;

/// Name of the service under which devices find each other on a local network.
const SERVICE: &str = "coco-direct";
/// Sockets of one device that are remembered when it is seen in several places.
const MOST_SOCKETS: usize = 2 * Place::SOCKETS;
/// Longest time that dialling takes.
const DIAL: Duration = Duration::from_secs(5);
/// How often a quiet connection is felt for.
const KEEP_ALIVE: Duration = Duration::from_secs(2);
/// Streams that the other side may have open at once on one connection.
const STREAMS: u32 = 64;
/// Bytes that may wait to be read on a connection of which nothing is known.
const UNREAD: u32 = 256 * 1024;
/// The same on one of a device that is known or was dialled.
pub(crate) const UNREAD_OF_KNOWN: u32 = 32 * 1024 * 1024;
/// Bytes of datagrams that wait to be read or sent.
const DATAGRAMS: usize = 64 * 1024;

/// Lets the other side of a connection send so many bytes before they are read.
pub(crate) fn let_wait(connection: &Connection, bytes: u32) {
    connection.set_receive_window(VarInt::from_u32(bytes));
}

/// How an endpoint is set up.
#[derive(Clone)]
pub struct EndpointOptions {
    /// The device's private ed25519 key.
    pub secret: [u8; 32],
    /// Addresses to listen on; nothing is sent from any other.
    pub listen: Vec<SocketAddr>,
    /// After how long without a sign of life a connection counts as lost.
    pub idle: Duration,
}

impl EndpointOptions {
    /// An endpoint of a key, on these addresses; lost connections are noticed after six seconds.
    #[must_use]
    pub fn new(secret: [u8; 32], listen: Vec<SocketAddr>) -> Self {
        Self {
            secret,
            listen,
            idle: Duration::from_secs(6),
        }
    }
}

/// Where a device can be reached.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Place {
    /// Its sockets.
    pub sockets: Vec<SocketAddr>,
    /// Address of the relay that it is connected to, as a URL.
    pub relay: Option<String>,
}

impl Place {
    /// Most sockets that are looked at.
    pub const SOCKETS: usize = 16;
    /// Longest address of a relay, in bytes.
    pub const RELAY: usize = 256;

    /// Whether it says nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.sockets.is_empty() && self.relay.is_none()
    }

    /// Whether it is no longer than places may be.
    #[must_use]
    pub fn is_bounded(&self) -> bool {
        self.sockets.len() <= Self::SOCKETS && self.relay.as_ref().is_none_or(|relay| relay.len() <= Self::RELAY)
    }

    fn with(&self, id: EndpointId) -> EndpointAddr {
        let mut address = EndpointAddr::new(id);
        for socket in self.sockets.iter().take(Self::SOCKETS) {
            address = address.with_ip_addr(*socket);
        }
        let relay = self.relay.as_ref().filter(|relay| relay.len() <= Self::RELAY);
        match relay.and_then(|relay| relay.parse::<RelayUrl>().ok()) {
            Some(relay) => address.with_relay_url(relay),
            None => address,
        }
    }
}

/// A QUIC endpoint of a device. Nothing leaves it but to addresses it was told: no look-up service, relay or port mapper is
/// asked that was not named. Copies share one endpoint.
#[derive(Debug, Clone)]
pub struct Endpoint {
    inner: iroh::Endpoint,
    book: MemoryLookup,
}

impl Endpoint {
    /// Opens the endpoint, which then accepts connections for these protocols.
    ///
    /// # Errors
    /// [`NetError::Bind`].
    pub async fn open(options: &EndpointOptions, protocols: &[&[u8]]) -> Result<Self, NetError> {
        let failed = |error: String| NetError::Bind(error);
        let book = MemoryLookup::new();
        let idle = IdleTimeout::try_from(options.idle).map_err(|error| failed(error.to_string()))?;
        let transport = QuicTransportConfig::builder()
            .max_idle_timeout(Some(idle))
            .default_path_max_idle_timeout(options.idle)
            .keep_alive_interval(KEEP_ALIVE)
            .default_path_keep_alive_interval(KEEP_ALIVE)
            .max_concurrent_bidi_streams(VarInt::from_u32(STREAMS))
            .max_concurrent_uni_streams(VarInt::from_u32(0))
            .receive_window(VarInt::from_u32(UNREAD))
            .datagram_receive_buffer_size(Some(DATAGRAMS))
            .datagram_send_buffer_size(DATAGRAMS)
            .build();
        // The probe over HTTP is what chooses a relay: that over QUIC needs more than plain HTTP at the relay.
        let mut probes = NetReportConfig::minimal();
        probes.https_probes = true;
        let mut builder = iroh::Endpoint::builder(presets::Minimal)
            .secret_key(SecretKey::from_bytes(&options.secret))
            .alpns(protocols.iter().map(|protocol| protocol.to_vec()).collect())
            // A list of relays that is empty, to which some can be added.
            .relay_mode(RelayMode::Custom(iroh::RelayMap::empty()))
            .portmapper_config(PortmapperConfig::Disabled)
            .net_report_config(probes)
            .transport_config(transport)
            .clear_ip_transports()
            .address_lookup(book.clone());
        for address in &options.listen {
            builder = builder.bind_addr(*address).map_err(|error| failed(error.to_string()))?;
        }
        let inner = builder.bind().await.map_err(|error| failed(error.to_string()))?;
        Ok(Self { inner, book })
    }

    /// The device's key.
    #[must_use]
    pub fn key(&self) -> Key {
        *self.inner.id().as_bytes()
    }

    /// Where the device can be reached, as far as it knows itself.
    #[must_use]
    pub fn place(&self) -> Place {
        let address = self.inner.addr();
        let mut sockets: Vec<SocketAddr> = address.ip_addrs().copied().collect();
        for bound in self.inner.bound_sockets() {
            if !bound.ip().is_unspecified() && !sockets.contains(&bound) {
                sockets.push(bound);
            }
        }
        sockets.truncate(Place::SOCKETS);
        Place {
            sockets,
            relay: address.relay_urls().next().map(ToString::to_string),
        }
    }

    /// The sockets that are bound.
    #[must_use]
    pub fn bound(&self) -> Vec<SocketAddr> {
        self.inner.bound_sockets()
    }

    /// Looks for devices on the local network by mDNS, and lets them find this one under `about`. Sends multicast.
    pub(crate) fn multicast(&self, about: &str) -> Result<MdnsAddressLookup, NetError> {
        let failed = |error: String| NetError::Bind(error);
        let about: UserData = about
            .parse()
            .map_err(|_| NetError::Protocol("too much to say nearby"))?;
        let builder = MdnsAddressLookup::builder().service_name(SERVICE);
        let mdns = builder
            .build(self.inner.id())
            .map_err(|error| failed(error.to_string()))?;
        let services = self.inner.address_lookup().map_err(|error| failed(error.to_string()))?;
        self.inner.set_user_data_for_address_lookup(Some(about));
        services.add(mdns.clone());
        Ok(mdns)
    }

    /// Ends what [`Self::multicast`] began.
    pub(crate) fn silent(&self) {
        if let Ok(services) = self.inner.address_lookup() {
            services.clear();
            services.add(self.book.clone());
        }
        self.inner.set_user_data_for_address_lookup(None);
    }

    /// Remembers more sockets of a device beside those that are remembered.
    pub(crate) fn learn_more(&self, device: EndpointId, sockets: &[SocketAddr]) {
        let known = self
            .book
            .get_endpoint_info(device)
            .map_or(0, |info| info.ip_addrs().count());
        if known.saturating_add(sockets.len()) <= MOST_SOCKETS {
            let place = Place {
                sockets: sockets.to_vec(),
                relay: None,
            };
            self.book.add_endpoint_info(place.with(device));
        }
    }

    /// Where the device is reached on this very computer.
    pub(crate) fn here(&self) -> Vec<SocketAddr> {
        let mut bound = self.inner.bound_sockets();
        for socket in &mut bound {
            if socket.ip().is_unspecified() {
                let here = if socket.is_ipv4() {
                    IpAddr::from(Ipv4Addr::LOCALHOST)
                } else {
                    Ipv6Addr::LOCALHOST.into()
                };
                socket.set_ip(here);
            }
        }
        bound.truncate(Place::SOCKETS);
        bound
    }

    /// Remembers where a device can be reached, in place of what was remembered. A key that is none is ignored.
    pub fn learn(&self, device: &Key, place: &Place) {
        if let Ok(id) = EndpointId::from_bytes(device) {
            self.book.set_endpoint_info(place.with(id));
        }
    }

    /// Uses a relay from now on.
    ///
    /// # Errors
    /// [`NetError::Protocol`] if it is no URL.
    pub async fn add_relay(&self, url: &str) -> Result<(), NetError> {
        let url: RelayUrl = url
            .parse()
            .map_err(|_| NetError::Protocol("the address of a relay is no URL"))?;
        self.inner
            .insert_relay(url.clone(), Arc::new(RelayConfig::new(url, None)))
            .await;
        Ok(())
    }

    /// Uses a relay no more.
    pub async fn remove_relay(&self, url: &str) {
        if let Ok(url) = url.parse::<RelayUrl>() {
            self.inner.remove_relay(&url).await;
        }
    }

    /// Connects to a device under the addresses that are known of it.
    ///
    /// # Errors
    /// [`NetError::Unreachable`] after five seconds at the latest.
    pub async fn connect(&self, device: &Key, protocol: &[u8]) -> Result<Connection, NetError> {
        let id = EndpointId::from_bytes(device).map_err(|_| NetError::Unreachable)?;
        match tokio::time::timeout(DIAL, self.inner.connect(id, protocol)).await {
            Ok(Ok(connection)) => {
                let_wait(&connection, UNREAD_OF_KNOWN);
                Ok(connection)
            }
            _ => Err(NetError::Unreachable),
        }
    }

    /// The next connection that somebody else made; `None` when the endpoint is closed. Those that do not finish their
    /// handshake in time are left out.
    pub async fn accept(&self) -> Option<iroh::endpoint::Incoming> {
        self.inner.accept().await
    }

    /// Tells the endpoint that the computer's network changed.
    pub async fn network_changed(&self) {
        self.inner.network_change().await;
    }

    /// Closes all connections and the sockets.
    pub async fn close(&self) {
        self.inner.close().await;
    }
}
