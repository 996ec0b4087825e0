use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::{Map, Value};

use super::action::{Action, is_page};
use super::response::Information;

/// Most rows of a table, cells of a row, cards of a carousel, and columns or rows that a cell spans.
const ROWS: usize = 100;
const CELLS: usize = 20;
const CARDS: usize = 50;
const SPAN: u32 = 100;

/// What all components have in common (the document, "Component").
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part<D> {
    /// Short bold text; on a button its text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Short grey text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub_title: Option<String>,
    /// What it is made of.
    pub data: D,
    /// Facts about the bubble, as live services send them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub information: Option<Vec<Information>>,
    /// Fields that are not known.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A bubble or a part of one.
#[derive(Debug, Clone, PartialEq)]
pub enum Component {
    /// Text.
    Text(Part<Text>),
    /// A picture.
    Image(Part<Image>),
    /// Something to tap.
    Button(Part<Button>),
    /// A cover with tables below.
    Template(Box<Part<Template>>),
    /// Components side by side.
    Carousel(Part<Carousel>),
    /// A card in a format of its own.
    Flex(Part<Flex>),
    /// One that is not known.
    Unknown(Unknown),
}

/// A component that is not known, as it came.
pub type Unknown = Map<String, Value>;
/// A card of a carousel.
pub type Card = Component;

/// The text of a bubble.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Text {
    /// The text. Not HTML.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// A link below.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// What the link shows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url_alias: Option<String>,
    /// What tapping it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Action>,
    /// Fields that are not known.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A picture and what stands beside it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Image {
    /// Where the picture is; `https` only.
    pub image_url: String,
    /// What the picture shows, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alt: Option<String>,
    /// Where the picture stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_position: Option<Position>,
    /// The text and its link.
    #[serde(flatten)]
    pub text: Text,
}

/// Where a picture stands beside its text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Position {
    /// Above.
    #[default]
    Top,
    /// Below.
    Bottom,
    /// On the left.
    Left,
    /// On the right.
    Right,
}

/// What a button is and does. Its text is the component's title.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Button {
    /// How it looks.
    #[serde(rename = "type")]
    pub kind: ButtonKind,
    /// Where its picture is; `https` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon_url: Option<String>,
    /// What tapping it does.
    pub action: Action,
    /// Fields that are not known.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// How a button looks.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ButtonKind {
    /// A text, perhaps with an icon.
    #[default]
    Basic,
    /// A picture.
    ImageButton,
}

/// A cover with tables below (the document, "Template"). Only a persistent menu has no cover.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Template {
    /// A basic component.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cover: Option<Component>,
    /// Rows that are shown before the table is unfolded.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_table_show_rows: Option<u32>,
    /// Rows of cells.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_table: Option<Vec<Vec<Cell>>>,
    /// The same for the second table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foot_table_show_rows: Option<u32>,
    /// The second table.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foot_table: Option<Vec<Vec<Cell>>>,
    /// Fields that are not known.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Cell {
    /// Columns that it takes.
    pub col_span: u32,
    /// Rows that it takes.
    pub row_span: u32,
    /// A basic component.
    pub data: Component,
    /// Fields that are not known.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Components side by side.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Carousel {
    /// Any but carousels.
    pub cards: Vec<Card>,
    /// Fields that are not known.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// A card in a format of its own, which is not shown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Flex {
    /// What is shown instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub alt_text: Option<String>,
    /// The card.
    #[serde(flatten)]
    pub more: Map<String, Value>,
}

/// Where something is not as it must be, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} {reason}")]
pub struct Invalid {
    /// The field, such as `data.cards[2].data.imageUrl`.
    pub path: String,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl Invalid {
    pub(super) fn new(path: impl Into<String>, reason: &'static str) -> Self {
        Self {
            path: path.into(),
            reason,
        }
    }

    /// The same, seen from further out.
    fn within(mut self, outer: impl std::fmt::Display) -> Self {
        self.path = format!("{outer}.{}", self.path);
        self
    }
}

impl Component {
    /// A bubble of text alone.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(Part {
            data: Text {
                description: Some(text.into()),
                ..Text::default()
            },
            ..Part::default()
        })
    }

    /// Its name in the protocol; empty if it is not known and has none.
    #[must_use]
    pub fn kind(&self) -> &str {
        match self {
            Self::Text(_) => "text",
            Self::Image(_) => "image",
            Self::Button(_) => "button",
            Self::Template(_) => "template",
            Self::Carousel(_) => "carousel",
            Self::Flex(_) => "flex",
            Self::Unknown(more) => more.get("type").and_then(Value::as_str).unwrap_or_default(),
        }
    }

    /// Whether it is all that the document asks of a bubble.
    ///
    /// # Errors
    /// [`Invalid`] with the first field that is not.
    pub fn check(&self) -> Result<(), Invalid> {
        match self {
            Self::Text(part) => part.data.check(),
            Self::Image(part) => {
                secure(&part.data.image_url, "data.imageUrl")?;
                part.data.text.check()
            }
            Self::Button(part) => {
                if let Some(icon) = &part.data.icon_url {
                    secure(icon, "data.iconUrl")?;
                }
                part.data
                    .action
                    .check()
                    .map_err(|invalid| invalid.within("data.action"))
            }
            Self::Template(part) => {
                let cover = part.data.cover.as_ref();
                let cover = cover.ok_or(Invalid::new("data.cover", "is missing"))?;
                cover.check_basic().map_err(|invalid| invalid.within("data.cover"))?;
                part.data.check_tables()
            }
            Self::Carousel(part) => {
                if part.data.cards.len() > CARDS {
                    return Err(Invalid::new("data.cards", "has too many cards"));
                }
                for (number, card) in part.data.cards.iter().enumerate() {
                    let checked = match card {
                        Self::Carousel(_) => Err(Invalid::new("type", "must not be a carousel in a carousel")),
                        card => card.check(),
                    };
                    checked.map_err(|invalid| invalid.within(format_args!("data.cards[{number}]")))?;
                }
                Ok(())
            }
            Self::Flex(_) | Self::Unknown(_) => Ok(()),
        }
    }

    /// Whether it may be a persistent menu: a template that needs no cover.
    ///
    /// # Errors
    /// [`Invalid`].
    pub fn check_menu(&self) -> Result<(), Invalid> {
        match self {
            Self::Template(part) if part.data.cover.is_none() => part.data.check_tables(),
            Self::Template(_) => self.check(),
            _ => Err(Invalid::new("type", "must be a template")),
        }
    }

    fn check_basic(&self) -> Result<(), Invalid> {
        match self {
            Self::Text(_) | Self::Image(_) | Self::Button(_) => self.check(),
            _ => Err(Invalid::new("type", "must be text, image or button")),
        }
    }
}

impl Text {
    fn check(&self) -> Result<(), Invalid> {
        if self.url.as_deref().is_some_and(|url| !is_page(url)) {
            return Err(Invalid::new("data.url", "is no address of a page"));
        }
        match &self.action {
            Some(action) => action.check().map_err(|invalid| invalid.within("data.action")),
            None => Ok(()),
        }
    }
}

impl Template {
    fn check_tables(&self) -> Result<(), Invalid> {
        let tables = [
            ("data.contentTable", &self.content_table),
            ("data.footTable", &self.foot_table),
        ];
        for (name, table) in tables {
            let table = table.as_deref().unwrap_or_default();
            if table.len() > ROWS {
                return Err(Invalid::new(name, "has too many rows"));
            }
            for (row, cells) in table.iter().enumerate() {
                if cells.len() > CELLS {
                    return Err(Invalid::new(format!("{name}[{row}]"), "has too many cells"));
                }
                for (column, cell) in cells.iter().enumerate() {
                    let place = format!("{name}[{row}][{column}]");
                    if !(1..=SPAN).contains(&cell.col_span) || !(1..=SPAN).contains(&cell.row_span) {
                        return Err(Invalid::new(place, "spans none or too many columns or rows"));
                    }
                    cell.data
                        .check_basic()
                        .map_err(|invalid| invalid.within(format_args!("{place}.data")))?;
                }
            }
        }
        Ok(())
    }
}

/// Pictures come from `https` alone.
fn secure(url: &str, field: &str) -> Result<(), Invalid> {
    if url.to_ascii_lowercase().starts_with("https://") && is_page(url) {
        Ok(())
    } else {
        Err(Invalid::new(field, "must begin with https://"))
    }
}

impl Serialize for Component {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Tagged<'a, P> {
            r#type: &'a str,
            #[serde(flatten)]
            part: &'a P,
        }
        let r#type = self.kind();
        match self {
            Self::Text(part) => Tagged { r#type, part }.serialize(serializer),
            Self::Image(part) => Tagged { r#type, part }.serialize(serializer),
            Self::Button(part) => Tagged { r#type, part }.serialize(serializer),
            Self::Template(part) => Tagged { r#type, part }.serialize(serializer),
            Self::Carousel(part) => Tagged { r#type, part }.serialize(serializer),
            Self::Flex(part) => Tagged { r#type, part }.serialize(serializer),
            Self::Unknown(more) => more.serialize(serializer),
        }
    }
}

impl<'de> Deserialize<'de> for Component {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        fn part<P: serde::de::DeserializeOwned, E: serde::de::Error>(mut map: Map<String, Value>) -> Result<P, E> {
            map.remove("type");
            serde_json::from_value(Value::Object(map)).map_err(E::custom)
        }
        let map = Map::<String, Value>::deserialize(deserializer)?;
        let kind = map.get("type").ok_or_else(|| D::Error::missing_field("type"))?;
        match kind.as_str() {
            Some("text") => part(map).map(Self::Text),
            Some("image") => part(map).map(Self::Image),
            Some("button") => part(map).map(Self::Button),
            Some("template") => part(map).map(|part| Self::Template(Box::new(part))),
            Some("carousel") => part(map).map(Self::Carousel),
            Some("flex") => part(map).map(Self::Flex),
            Some(_) => Ok(Self::Unknown(map)),
            None => Err(D::Error::custom("type is not a text")),
        }
    }
}
