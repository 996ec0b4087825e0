//! The host name and directory name of an app. An address is case-sensitive, a host name and many file
//! systems are not, so both are spelled in hex (`bridge.md` 5).

use coco_keys::Address;

/// `"a"` followed by the 40 lower-case hex digits of the address's hash160.
#[must_use]
pub fn host_of(address: &Address) -> String {
    let mut host = String::from("a");
    for byte in address.hash160() {
        for digit in [byte >> 4, byte & 15] {
            host.push(char::from_digit(u32::from(digit), 16).unwrap_or('0'));
        }
    }
    host
}

/// The address behind a host name written by [`host_of`]; `None` for anything else, upper-case hex included.
#[must_use]
pub fn address_of_host(host: &str) -> Option<Address> {
    let digits = host.strip_prefix('a')?;
    if digits.len() != 40 || digits.bytes().any(|digit| digit.is_ascii_uppercase()) {
        return None;
    }
    let mut hash = [0; 20];
    let mut digits = digits.chars();
    for byte in &mut hash {
        let high = digits.next()?.to_digit(16)?;
        let low = digits.next()?.to_digit(16)?;
        *byte = u8::try_from(high * 16 + low).ok()?;
    }
    Some(Address::from_hash160(hash))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn known_address() {
        let address: Address = "1BvBMSEYstWetqTFn5Au4m4GFg7xJaNVN2".parse().unwrap();
        let host = host_of(&address);
        assert_eq!(host, "a77bff20c60e522dfaa3350c39b030a5d004e839a");
        assert_eq!(address_of_host(&host), Some(address));
    }

    #[test]
    fn refuses_other_hosts() {
        let digits = "77bff20c60e522dfaa3350c39b030a5d004e839a";
        assert!(address_of_host(&format!("a{digits}")).is_some());
        for host in [
            format!("b{digits}"),
            format!("a{digits}0"),
            digits.to_owned(),
            format!("a{}", digits.to_uppercase()),
            "a".into(),
            String::new(),
        ] {
            assert_eq!(address_of_host(&host), None, "{host}");
        }
        assert_eq!(address_of_host(&format!("a{}é", "0".repeat(38))), None);
    }

    proptest! {
        #[test]
        fn host_and_address_are_one_to_one(hash: [u8; 20]) {
            let address = Address::from_hash160(hash);
            prop_assert_eq!(address_of_host(&host_of(&address)), Some(address));
        }
    }
}
