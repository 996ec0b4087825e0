use super::action::Action;
use super::component::Component;

/// Something that can be tapped: what it is called, if it is called something, and what it does.
pub type Offer<'a> = (Option<&'a str>, &'a Action);

impl Component {
    /// What can be tapped in the component, from top to bottom.
    #[must_use]
    pub fn offers(&self) -> Vec<Offer<'_>> {
        let mut all = Vec::new();
        self.collect(&mut all);
        all
    }

    fn collect<'a>(&'a self, all: &mut Vec<Offer<'a>>) {
        let mut offer = |title: Option<&'a String>, action: Option<&'a Action>| {
            all.extend(action.map(|action| (title.map(String::as_str), action)));
        };
        match self {
            Self::Text(part) => offer(
                part.title.as_ref().or(part.data.description.as_ref()),
                part.data.action.as_ref(),
            ),
            Self::Image(part) => offer(
                part.title.as_ref().or(part.data.alt.as_ref()),
                part.data.text.action.as_ref(),
            ),
            Self::Button(part) => offer(part.title.as_ref().or(part.sub_title.as_ref()), Some(&part.data.action)),
            Self::Template(part) => {
                if let Some(cover) = &part.data.cover {
                    cover.collect(all);
                }
                let tables = [&part.data.content_table, &part.data.foot_table];
                for cell in tables.into_iter().flatten().flatten().flatten() {
                    cell.data.collect(all);
                }
            }
            Self::Carousel(part) => part.data.cards.iter().for_each(|card| card.collect(all)),
            Self::Flex(_) | Self::Unknown(_) => {}
        }
    }
}
