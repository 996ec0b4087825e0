//! The type codes of apps (`package.md`, types).

/// A type of app: its code in `merged_type`, and its English name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AppType {
    /// Four digits, `0001` to `0022`.
    pub code: &'static str,
    /// The English name.
    pub name: &'static str,
}

const NAMES: [(&str, &str); 22] = [
    ("0001", "Books"),
    ("0002", "Business"),
    ("0003", "DevTools"),
    ("0004", "Education"),
    ("0005", "Entertainment"),
    ("0006", "Finance"),
    ("0007", "Food"),
    ("0008", "Design"),
    ("0009", "Health"),
    ("0010", "Kids"),
    ("0011", "Lifestyle"),
    ("0012", "Medical"),
    ("0013", "Music"),
    ("0014", "Newspaper"),
    ("0015", "Video"),
    ("0016", "Shopping"),
    ("0017", "Sports"),
    ("0018", "Social"),
    ("0019", "Travel"),
    ("0020", "Utilities"),
    ("0021", "Weather"),
    ("0022", "Other"),
];

/// All types in the order of their codes.
pub fn app_types() -> impl Iterator<Item = AppType> {
    NAMES.iter().map(|&(code, name)| AppType { code, name })
}
