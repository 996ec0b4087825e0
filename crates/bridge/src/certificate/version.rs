//! Versions of apps.

/// Whether `installed` is `wanted` or later with the same first number. Versions are dotted numbers, a leading `v`
/// and anything after `-` or `+` aside.
pub(super) fn satisfies(installed: Option<&str>, wanted: &str) -> bool {
    match (installed.and_then(numbers), numbers(wanted)) {
        (Some(installed), Some(wanted)) => installed.first() == wanted.first() && installed >= wanted,
        _ => false,
    }
}

/// The numbers of a version without trailing zeros, so that `1` and `1.0.0` are equal.
fn numbers(version: &str) -> Option<Vec<u64>> {
    let version = version.trim().trim_start_matches(['v', 'V']);
    let version = version.split(['-', '+']).next().unwrap_or_default();
    let mut numbers = version
        .split('.')
        .map(|part| part.parse().ok())
        .collect::<Option<Vec<u64>>>()?;
    while numbers.len() > 1 && numbers.last() == Some(&0) {
        numbers.pop();
    }
    Some(numbers)
}
