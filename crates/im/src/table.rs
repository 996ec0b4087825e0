//! The table of routes: each is declared once, in the file of its module, and everything else is made from it.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::wire::{Record, Shape, check, choice};
use crate::{Code, Engine, Failure, Outcome, Session, routes};

choice! {
    /// Modules of routes.
    pub enum Module: str {
        /// Account and login.
        Login = "login",
        /// Devices of the account.
        AuthLogin = "authLogin",
        /// Contacts.
        Contact = "contact",
        /// Groups.
        Group = "group",
        /// What is shared with other users or devices.
        Sync = "sync",
        /// Conversations and messages.
        Chat = "chat",
        /// Rooms.
        Block = "block",
        /// Profile, settings, favourites, nodes.
        User = "user",
        /// Domain names.
        Domain = "domain",
        /// Listening to events.
        SocketEvent = "socketEvent",
    }
}

impl Module {
    /// The name on the wire.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Login => "login",
            Self::AuthLogin => "authLogin",
            Self::Contact => "contact",
            Self::Group => "group",
            Self::Sync => "sync",
            Self::Chat => "chat",
            Self::Block => "block",
            Self::User => "user",
            Self::Domain => "domain",
            Self::SocketEvent => "socketEvent",
        }
    }
}

/// When a route may be called.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// At any time.
    Always,
    /// While somebody is logged in; else 20061.
    LoggedIn,
}

/// One route.
#[derive(Debug, Clone)]
pub struct Route {
    /// Its module.
    pub module: Module,
    /// Its method.
    pub method: &'static str,
    /// Section of the document that it comes from.
    pub section: &'static str,
    /// What it does.
    pub doc: String,
    /// Whether the document advises against it.
    pub deprecated: bool,
    /// When it may be called.
    pub when: When,
    /// What it takes.
    pub request: Record,
    /// What stands in `data` of its answer.
    pub answer: Shape,
    /// Whether `data` may also be null, since there may be nothing to answer with.
    pub nullable: bool,
    /// Runs it with a request that has been checked.
    pub(crate) run: fn(&Engine, Value) -> Outcome<Value>,
}

impl Route {
    /// Checks a request and runs the route.
    ///
    /// # Errors
    /// 20061, the codes of validation (600, 1000 to 1005) and those of the route.
    pub(crate) fn call(&self, engine: &Engine, body: &Map<String, Value>) -> Outcome<Value> {
        if self.when == When::LoggedIn {
            engine.session()?;
        }
        let checked = check(&self.request, body).map_err(|(fault, path)| Failure::with(fault.code(), path))?;
        (self.run)(engine, Value::Object(checked))
    }
}

/// What a handler is given first: the engine, or the session of whoever is logged in.
pub(crate) trait Context: Sized {
    const WHEN: When;

    fn of(engine: &Engine) -> Outcome<Self>;
}

impl Context for Engine {
    const WHEN: When = When::Always;

    fn of(engine: &Engine) -> Outcome<Self> {
        Ok(engine.clone())
    }
}

impl Context for Arc<Session> {
    const WHEN: When = When::LoggedIn;

    fn of(engine: &Engine) -> Outcome<Self> {
        engine.session()
    }
}

/// Reads a request that has been checked.
pub(crate) fn decode<T: DeserializeOwned>(body: Value) -> Outcome<T> {
    serde_json::from_value(body).map_err(|error| Failure::with(Code::PARAMETERS, error.to_string()))
}

/// Writes an answer.
pub(crate) fn encode<T: Serialize>(answer: &T) -> Outcome<Value> {
    serde_json::to_value(answer).map_err(|error| Failure::with(Code::FAILURE, error.to_string()))
}

/// Declares the routes of a module: `"section" method(Request) -> Answer = handler;`, or with `Engine` as in
/// `"section" method(Request) -> Answer, Engine = handler;` for those that need nobody to be logged in. `old` in front of
/// the section marks what the document calls deprecated.
macro_rules! route_table {
    ($module:ident; $( $(#[doc = $doc:literal])+ $(@$old:ident)? $section:literal $method:ident($request:ty) -> $answer:ty $(, $context:ty)? = $handler:path; )+) => {
        /// The routes of this file.
        pub(crate) fn routes() -> Vec<$crate::table::Route> {
            vec![$( $crate::table::Route {
                module: $crate::table::Module::$module,
                method: stringify!($method),
                section: $section,
                doc: $crate::wire::paragraph(&[$($doc),+]),
                deprecated: $crate::table::macros::is_old!($($old)?),
                when: <$crate::table::macros::context!($($context)?) as $crate::table::Context>::WHEN,
                request: $crate::table::record_of::<$request>(),
                answer: <$answer as $crate::wire::Shaped>::shape(),
                nullable: !<$answer as $crate::wire::Shaped>::REQUIRED,
                run: |engine, body| {
                    let context = <$crate::table::macros::context!($($context)?) as $crate::table::Context>::of(engine)?;
                    let answer: $answer = $handler(&context, $crate::table::decode::<$request>(body)?)?;
                    $crate::table::encode(&answer)
                },
            }, )+]
        }
    };
}

/// Helpers of [`route_table!`].
pub(crate) mod macros {
    macro_rules! is_old {
        () => {
            false
        };
        (old) => {
            true
        };
    }
    macro_rules! context {
        () => { ::std::sync::Arc<$crate::Session> };
        ($context:ty) => { $context };
    }
    pub(crate) use {context, is_old};
}

pub(crate) use route_table;

/// The record of a request; requests are always objects.
pub(crate) fn record_of<T: crate::wire::Shaped>() -> Record {
    match T::shape() {
        Shape::Object(record) => record(),
        _ => Record {
            name: "",
            doc: String::new(),
            fields: Vec::new(),
        },
    }
}

/// All routes, in the order of the document's sections.
#[derive(Debug)]
pub struct Table {
    routes: Vec<Route>,
    index: BTreeMap<(&'static str, &'static str), usize>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let routes = routes::all();
    let index = routes
        .iter()
        .enumerate()
        .map(|(at, route)| ((route.module.name(), route.method), at))
        .collect();
    Table { routes, index }
});

impl Table {
    /// The table.
    #[must_use]
    pub fn get() -> &'static Self {
        &TABLE
    }

    /// Finds a route.
    #[must_use]
    pub fn find(&self, module: &str, method: &str) -> Option<&Route> {
        let module = match (module, method) {
            // Section 4.45 stands among the groups, its example says chat.
            ("group", "groupReceiveTransfer") => "chat",
            _ => module,
        };
        self.index.get(&(module, method)).and_then(|at| self.routes.get(*at))
    }

    /// The only route with a method; `None` if there is none, or several modules have one.
    #[must_use]
    pub fn only(&self, method: &str) -> Option<&Route> {
        let mut routes = self.routes.iter().filter(|route| route.method == method);
        routes.next().filter(|_| routes.next().is_none())
    }

    /// The routes.
    pub fn iter(&self) -> impl Iterator<Item = &Route> {
        self.routes.iter()
    }
}
