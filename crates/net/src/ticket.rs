//! Where something in the network is found, and the text by which people pass a node on.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::str::FromStr;

use iroh::{EndpointId, RelayUrl};
use thiserror::Error;

use crate::{Key, Place};

/// What a ticket's text begins with.
const PREFIX: &str = "coconode";

/// A node's key and where it is found. Its text is `coconode` and hexadecimal digits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Ticket {
    /// The node's key.
    pub node: Key,
    /// Where it is.
    pub place: Place,
}

/// Why a text is no ticket.
#[derive(Clone, Copy, Debug, Eq, Error, PartialEq)]
#[error("this is not a node's ticket: {0}")]
pub struct TicketError(&'static str);

impl fmt::Display for Ticket {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.node.to_vec();
        let direct = self.place.sockets.iter().take(Place::SOCKETS);
        bytes.push(u8::try_from(direct.len()).unwrap_or_default());
        for address in direct {
            match address.ip() {
                IpAddr::V4(ip) => {
                    bytes.push(4);
                    bytes.extend_from_slice(&ip.octets());
                }
                IpAddr::V6(ip) => {
                    bytes.push(6);
                    bytes.extend_from_slice(&ip.octets());
                }
            }
            bytes.extend_from_slice(&address.port().to_be_bytes());
        }
        bytes.extend_from_slice(self.place.relay.as_deref().unwrap_or_default().as_bytes());
        let check = blake3::hash(&bytes);
        bytes.extend(check.as_bytes().iter().take(4));
        write!(out, "{PREFIX}{}", hex::encode(bytes))
    }
}

impl FromStr for Ticket {
    type Err = TicketError;

    fn from_str(text: &str) -> Result<Self, TicketError> {
        let digits = text.trim();
        if digits.len() > 2048 {
            return Err(TicketError("it is too long"));
        }
        let digits = digits.strip_prefix(PREFIX).ok_or(TicketError("it begins otherwise"))?;
        let bytes = hex::decode(digits).map_err(|_| TicketError("it has letters that do not belong there"))?;
        let (bytes, check) = bytes.split_last_chunk::<4>().ok_or(TicketError("it is too short"))?;
        if !blake3::hash(bytes).as_bytes().starts_with(check) {
            return Err(TicketError("a letter of it is wrong or missing"));
        }
        let mut rest = Rest(bytes);
        let node = rest.take::<32>()?;
        let [count] = rest.take::<1>()?;
        if usize::from(count) > Place::SOCKETS {
            return Err(TicketError("it has too many addresses"));
        }
        let mut sockets = Vec::new();
        for _ in 0..count {
            let ip = match rest.take::<1>()? {
                [4] => IpAddr::V4(Ipv4Addr::from(rest.take::<4>()?)),
                [6] => IpAddr::V6(Ipv6Addr::from(rest.take::<16>()?)),
                _ => return Err(TicketError("an address is of an unknown kind")),
            };
            sockets.push(SocketAddr::new(ip, u16::from_be_bytes(rest.take::<2>()?)));
        }
        let relay = match rest.0 {
            [] => None,
            url if url.len() > Place::RELAY => return Err(TicketError("its relay is too long")),
            url => {
                let url = std::str::from_utf8(url).map_err(|_| TicketError("its relay is not text"))?;
                RelayUrl::from_str(url).map_err(|_| TicketError("its relay is no URL"))?;
                Some(url.to_owned())
            }
        };
        EndpointId::from_bytes(&node).map_err(|_| TicketError("its key is not valid"))?;
        Ok(Self {
            node,
            place: Place { sockets, relay },
        })
    }
}

struct Rest<'a>(&'a [u8]);

impl Rest<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], TicketError> {
        let (taken, rest) = self.0.split_first_chunk::<N>().ok_or(TicketError("it is too short"))?;
        self.0 = rest;
        Ok(*taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ticket() -> Ticket {
        Ticket {
            node: *iroh::SecretKey::from_bytes(&[7; 32]).public().as_bytes(),
            place: Place {
                sockets: vec!["127.0.0.1:4433".parse().unwrap(), "[2001:db8::1]:9".parse().unwrap()],
                relay: Some("http://relay.example:3340/".to_owned()),
            },
        }
    }

    #[test]
    fn text_and_back() {
        let text = ticket().to_string();
        assert_eq!(text.parse(), Ok(ticket()));
        assert_eq!(format!(" {text}\n").parse(), Ok(ticket()));
    }

    #[test]
    fn each_letter_counts() {
        let text = ticket().to_string();
        for at in 0..text.len() {
            let mut wrong = text.clone().into_bytes();
            wrong[at] = if wrong[at] == b'0' { b'1' } else { b'0' };
            assert!(String::from_utf8(wrong).unwrap().parse::<Ticket>().is_err(), "{at}");
            assert!(text.split_at(at).0.parse::<Ticket>().is_err(), "{at}");
        }
    }
}
