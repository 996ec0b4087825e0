//! Who is let in: decided by the head of a request, before anything else of it is looked at.

use std::net::IpAddr;

use axum::http::header::{AUTHORIZATION, HOST, HeaderName, ORIGIN, SEC_WEBSOCKET_PROTOCOL};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Method, Uri};
use subtle::ConstantTimeEq as _;

use super::DoorError;

/// Where WebSockets are.
pub(super) const SOCKET: &str = "/ws";
/// The subprotocol that is spoken.
pub(super) const PROTOCOL: &str = "cococat";
/// What stands before the token in the subprotocol that carries it.
const CARRIER: &str = "bearer.";

/// Why a request was refused by its head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// Its `Host` is not this computer, as of a page whose name was bent to this address: 403.
    Host,
    /// A page sent it that may not: 403.
    Origin,
    /// It lacks the token: 401.
    Token,
    /// It is neither `POST` nor `PUT`: 405.
    Method,
}

/// Knows the token and the pages that may knock.
#[derive(Clone)]
pub struct Guard {
    token: String,
    origins: Vec<String>,
}

impl std::fmt::Debug for Guard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Guard")
            .field("origins", &self.origins)
            .finish_non_exhaustive()
    }
}

impl Guard {
    /// A guard who lets in whoever knows the token, and of pages those with one of the origins.
    ///
    /// # Errors
    /// [`DoorError::Origin`] for an origin that no page on this computer has.
    pub fn new(token: String, origins: &[String]) -> Result<Self, DoorError> {
        match origins.iter().find(|origin| !is_local_origin(origin)) {
            Some(foreign) => Err(DoorError::Origin(foreign.clone())),
            None => Ok(Self {
                token,
                origins: origins.to_vec(),
            }),
        }
    }

    /// Decides about the head of a request.
    ///
    /// # Errors
    /// The first that holds of: [`Refusal::Host`], [`Refusal::Origin`], [`Refusal::Token`], [`Refusal::Method`].
    pub fn admit(&self, method: &Method, uri: &Uri, headers: &HeaderMap) -> Result<(), Refusal> {
        // The address itself may name a host too; then both must be this computer.
        let host = only(headers, HOST).and_then(|host| host.to_str().ok());
        if !host.is_some_and(is_local) || !uri.authority().is_none_or(|authority| is_local(authority.as_str())) {
            return Err(Refusal::Host);
        }
        if headers.contains_key(ORIGIN) {
            let known = only(headers, ORIGIN).is_some_and(|origin| self.origins.iter().any(|known| origin == known));
            if !known {
                return Err(Refusal::Origin);
            }
        }
        let socket = uri.path() == SOCKET;
        if !self.has_token(headers, socket) {
            return Err(Refusal::Token);
        }
        if !socket && method != Method::POST && method != Method::PUT {
            return Err(Refusal::Method);
        }
        Ok(())
    }

    fn has_token(&self, headers: &HeaderMap, socket: bool) -> bool {
        if headers.contains_key(AUTHORIZATION) {
            return only(headers, AUTHORIZATION)
                .and_then(|value| value.to_str().ok())
                .and_then(|value| value.split_once(' '))
                .is_some_and(|(scheme, token)| scheme.eq_ignore_ascii_case("bearer") && self.is_token(token.trim()));
        }
        socket
            && headers
                .get_all(SEC_WEBSOCKET_PROTOCOL)
                .iter()
                .filter_map(|value| value.to_str().ok())
                .flat_map(|value| value.split(','))
                .filter_map(|protocol| protocol.trim().strip_prefix(CARRIER))
                .any(|token| self.is_token(token))
    }

    /// Takes as long for every text of the same length.
    fn is_token(&self, text: &str) -> bool {
        self.token.as_bytes().ct_eq(text.as_bytes()).into()
    }
}

/// The value of a header that is there exactly once.
fn only(headers: &HeaderMap, name: HeaderName) -> Option<&HeaderValue> {
    let mut values = headers.get_all(name).iter();
    values.next().filter(|_| values.next().is_none())
}

/// Whether a host, with or without a port, is this computer by whatever way the name is resolved.
fn is_local(host: &str) -> bool {
    let Ok(authority) = host.parse::<Authority>() else {
        return false;
    };
    let name = authority.host();
    // An authority may also have a user, a host may not.
    if !host.starts_with(name) || (host != name && authority.port_u16().is_none()) {
        return false;
    }
    let number = name
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
        .unwrap_or(name);
    name.eq_ignore_ascii_case("localhost") || number.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

fn is_local_origin(origin: &str) -> bool {
    ["http://", "https://"]
        .iter()
        .filter_map(|scheme| origin.strip_prefix(scheme))
        .any(is_local)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn admit(method: &str, uri: &str, headers: &[(&'static str, &str)]) -> Result<(), Refusal> {
        let guard = Guard::new("abc".to_owned(), &["http://localhost:5173".to_owned()]).unwrap();
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(*name, value.parse().unwrap());
        }
        guard.admit(&method.parse().unwrap(), &uri.parse().unwrap(), &map)
    }

    const LOCAL: (&str, &str) = ("host", "127.0.0.1:80");
    const TOKEN: (&str, &str) = ("authorization", "Bearer abc");

    #[test]
    fn hosts_are_this_computer_or_refused() {
        for host in [
            "localhost",
            "LOCALHOST:1",
            "127.0.0.1",
            "127.8.9.1:65535",
            "[::1]",
            "[::1]:80",
        ] {
            assert_eq!(admit("POST", "/", &[("host", host), TOKEN]), Ok(()), "{host}");
        }
        for host in [
            "",
            ":80",
            "evil.example",
            "localhost.evil.example",
            "127.0.0.1.evil.example",
            "0.0.0.0",
            "[::]",
            "::1",
            "10.0.0.1",
            "evil@localhost",
            "localhost@evil.example",
            "localhost, evil.example",
            "127.1",
            "2130706433",
            "localhost:x",
        ] {
            assert_eq!(
                admit("POST", "/", &[("host", host), TOKEN]),
                Err(Refusal::Host),
                "{host}"
            );
        }
        assert_eq!(admit("POST", "/", &[TOKEN]), Err(Refusal::Host));
        assert_eq!(admit("POST", "/", &[LOCAL, LOCAL, TOKEN]), Err(Refusal::Host));
        assert_eq!(
            admit("POST", "http://evil.example/", &[LOCAL, TOKEN]),
            Err(Refusal::Host)
        );
        assert_eq!(
            admit("POST", "http://localhost/", &[("host", "evil.example"), TOKEN]),
            Err(Refusal::Host)
        );
        assert_eq!(admit("POST", "http://localhost/", &[LOCAL, TOKEN]), Ok(()));
    }

    #[test]
    fn pages_are_known_or_refused() {
        assert_eq!(
            admit("POST", "/", &[LOCAL, TOKEN, ("origin", "http://localhost:5173")]),
            Ok(())
        );
        for origin in [
            "null",
            "",
            "https://evil.example",
            "http://127.0.0.1:80",
            "http://localhost:51730",
            "http://localhost",
        ] {
            assert_eq!(
                admit("POST", "/", &[LOCAL, TOKEN, ("origin", origin)]),
                Err(Refusal::Origin),
                "{origin}"
            );
        }
        let twice = [
            LOCAL,
            TOKEN,
            ("origin", "http://localhost:5173"),
            ("origin", "http://localhost:5173"),
        ];
        assert_eq!(admit("POST", "/", &twice), Err(Refusal::Origin));
        for foreign in [
            "*",
            "null",
            "https://cococat.example",
            "file://",
            "http://localhost/page",
            "http://a@localhost",
        ] {
            assert!(Guard::new(String::new(), &[foreign.to_owned()]).is_err(), "{foreign}");
        }
    }

    #[test]
    fn the_token_is_asked_for_before_the_method() {
        for value in [
            "Bearer abd",
            "Bearer ab",
            "Bearer abcd",
            "Bearer",
            "Bearer ",
            "abc",
            "Basic abc",
        ] {
            assert_eq!(
                admit("GET", "/", &[LOCAL, ("authorization", value)]),
                Err(Refusal::Token),
                "{value}"
            );
        }
        assert_eq!(admit("POST", "/", &[LOCAL, TOKEN, TOKEN]), Err(Refusal::Token));
        assert_eq!(
            admit("POST", "/", &[LOCAL, ("sec-websocket-protocol", "bearer.abc")]),
            Err(Refusal::Token)
        );
        assert_eq!(admit("GET", "/", &[LOCAL, TOKEN]), Err(Refusal::Method));
        assert_eq!(admit("OPTIONS", "/x", &[LOCAL, TOKEN]), Err(Refusal::Method));
        assert_eq!(admit("PUT", "/x", &[LOCAL, ("authorization", "bearer abc")]), Ok(()));
    }

    #[test]
    fn a_socket_may_carry_the_token_as_a_subprotocol() {
        let offered = |value: &'static str| admit("GET", SOCKET, &[LOCAL, ("sec-websocket-protocol", value)]);
        assert_eq!(offered("cococat, bearer.abc"), Ok(()));
        assert_eq!(offered("bearer.abc"), Ok(()));
        assert_eq!(offered("bearer.abd, cococat"), Err(Refusal::Token));
        assert_eq!(offered("abc"), Err(Refusal::Token));
        assert_eq!(admit("GET", "/ws?token=abc", &[LOCAL]), Err(Refusal::Token));
    }
}
