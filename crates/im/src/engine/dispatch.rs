//! One request in, one answer out: the same for every door.

use std::panic::{AssertUnwindSafe, catch_unwind};

use serde::Serialize;
use serde_json::{Map, Value};

use super::Engine;
use crate::table::Table;
use crate::{Code, Failure, Outcome};

/// Member that names the module of a request.
pub(crate) const MODULE: &str = "__SERVER_ROUTE_MODULE";
/// Member that names the method of a request.
pub(crate) const METHOD: &str = "__SERVER_ROUTE_METHOD";
/// Member by which a caller finds the answer to its request again.
const IDENTIFIER: &str = "identifier";

/// An answer as it goes over the wire (im.md 1).
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Answer {
    /// A code of the document; 200 if all went well.
    pub code: u16,
    /// What the code means and what exactly is meant, in the user's language; empty if all went well.
    pub message: String,
    /// What the route answers; null if it failed.
    pub data: Value,
    /// Module of the request.
    #[serde(rename = "__SERVER_ROUTE_MODULE", skip_serializing_if = "Option::is_none")]
    pub module: Option<String>,
    /// Method of the request.
    #[serde(rename = "__SERVER_ROUTE_METHOD", skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// What the caller sent to find the answer again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub identifier: Option<Value>,
}

impl Engine {
    /// Answers a request as text of JSON. Blocks while the route works: not for a thread that must stay responsive.
    #[must_use]
    pub fn answer_text(&self, request: &[u8]) -> Answer {
        match serde_json::from_slice(request) {
            Ok(Value::Object(body)) => self.answer(&body),
            _ => self.refuse(Failure::with(Code::PARAMETERS, "the request is not a JSON object")),
        }
    }

    /// Answers a request. Blocks while the route works.
    #[must_use]
    pub fn answer(&self, body: &Map<String, Value>) -> Answer {
        let name = |member: &str| body.get(member).and_then(Value::as_str).unwrap_or_default();
        let outcome = self.call(name(MODULE), name(METHOD), body);
        let answer = match outcome {
            Ok(data) => Answer {
                code: Code::SUCCESS.number(),
                message: String::new(),
                data,
                module: None,
                method: None,
                identifier: None,
            },
            Err(failure) => self.refuse(failure),
        };
        answer.to(body)
    }

    /// Calls a route.
    ///
    /// # Errors
    /// 300 if there is no such route, 20061 if nobody is logged in who must be, the codes of validation, those of the
    /// route, and 700 for a defect of the program.
    pub fn call(&self, module: &str, method: &str, body: &Map<String, Value>) -> Outcome<Value> {
        let route = Table::get()
            .find(module, method)
            .ok_or(Failure::of(Code::NOT_IMPLEMENTED))?;
        let begun = std::time::Instant::now();
        let outcome = catch_unwind(AssertUnwindSafe(|| route.call(self, body)))
            .unwrap_or_else(|_| Err(Failure::with(Code::EXCEPTION, format!("{module}.{method}"))));
        if self.logs() {
            let code = outcome.as_ref().map_or_else(|failure| failure.code, |_| Code::SUCCESS);
            eprintln!("engine: {module}.{method} {code} in {} ms", begun.elapsed().as_millis());
        }
        outcome
    }

    /// The answer to what went wrong, in the user's language.
    #[must_use]
    pub fn refuse(&self, failure: Failure) -> Answer {
        Answer::refusal(&failure, &self.language())
    }
}

impl Answer {
    /// The answer to what went wrong, in a language.
    #[must_use]
    pub fn refusal(failure: &Failure, language: &str) -> Self {
        let text = failure.code.text(language);
        let message = match &failure.detail {
            None => text.to_owned(),
            Some(detail) => format!("{text}: {detail}"),
        };
        Self {
            code: failure.code.number(),
            message,
            data: Value::Null,
            module: None,
            method: None,
            identifier: None,
        }
    }

    /// The same answer, naming the request that it is to.
    #[must_use]
    pub fn to(mut self, request: &Map<String, Value>) -> Self {
        let text = |member: &str| request.get(member).and_then(Value::as_str).map(str::to_owned);
        self.module = text(MODULE);
        self.method = text(METHOD);
        self.identifier = request.get(IDENTIFIER).cloned();
        self
    }
}
