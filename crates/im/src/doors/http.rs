//! Requests by HTTP.

use axum::body::{Body, Bytes};
use axum::extract::{Request, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONNECTION, CONTENT_LENGTH, CONTENT_TYPE, WWW_AUTHENTICATE};
use axum::http::{HeaderMap, HeaderName, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use http_body_util::BodyExt as _;
use tokio::sync::OwnedSemaphorePermit;

use super::frame::{answer_body, refusal, text};
use super::guard::{Refusal, SOCKET};
use super::line::Unread;
use super::server::House;
use crate::Code;

/// What every answer says of itself: it is JSON and nobody's to keep.
const HEADERS: [(HeaderName, &str); 2] = [(CONTENT_TYPE, "application/json"), (CACHE_CONTROL, "no-store")];

/// Lets a request in or not, by its head alone.
pub(super) async fn admit(State(house): State<House>, request: Request, next: Next) -> Response {
    let refused = match house.guard.admit(request.method(), request.uri(), request.headers()) {
        // A WebSocket waits instead, request by request.
        Ok(()) if request.uri().path() == SOCKET || house.rate.take(std::time::Instant::now()).is_ok() => {
            return next.run(request).await;
        }
        Ok(()) => refuse(
            StatusCode::TOO_MANY_REQUESTS,
            Code::FAILURE,
            "Too many requests; wait a moment.",
        ),
        Err(Refusal::Host) => refuse(
            StatusCode::FORBIDDEN,
            Code::FAILURE,
            "The header Host is not this computer.",
        ),
        Err(Refusal::Origin) => refuse(
            StatusCode::FORBIDDEN,
            Code::FAILURE,
            "Pages of this Origin are not let in.",
        ),
        Err(Refusal::Token) => {
            let answer = refuse(
                StatusCode::UNAUTHORIZED,
                Code::FAILURE,
                "The token is missing or wrong.",
            );
            ([(WWW_AUTHENTICATE, "Bearer")], answer).into_response()
        }
        Err(Refusal::Method) => {
            let answer = refuse(
                StatusCode::METHOD_NOT_ALLOWED,
                Code::PARAMETERS,
                "Send it by POST or PUT.",
            );
            ([(ALLOW, "POST, PUT")], answer).into_response()
        }
    };
    cut(request.extensions().get(), refused)
}

/// Answers a request that was let in.
pub(super) async fn answer(State(house): State<House>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let read = tokio::time::timeout(house.limits.arrival, read(&house, &parts.headers, body));
    let (bytes, room) = match read.await {
        Ok(Ok(read)) => read,
        Ok(Err(Cut::Large)) => {
            let detail = format!("The body is larger than {} bytes.", house.limits.body);
            return cut(
                parts.extensions.get(),
                refuse(StatusCode::PAYLOAD_TOO_LARGE, Code::PARAMETERS, &detail),
            );
        }
        Ok(Err(Cut::Broken)) => {
            return cut(
                parts.extensions.get(),
                refuse(StatusCode::BAD_REQUEST, Code::PARAMETERS, "The body broke off."),
            );
        }
        Err(_) => {
            let refused = refuse(StatusCode::REQUEST_TIMEOUT, Code::PARAMETERS, "The body took too long.");
            return cut(parts.extensions.get(), refused);
        }
    };
    let engine = house.engine.clone();
    let answer = house.work(move || {
        let answer = text(&answer_body(&engine, parts.uri.path(), &bytes));
        drop(room);
        answer
    });
    match answer.await {
        Some(answer) => (HEADERS, answer).into_response(),
        None => refuse(StatusCode::SERVICE_UNAVAILABLE, Code::FAILURE, "The doors are closing."),
    }
}

/// Why a body was not read to its end.
enum Cut {
    Large,
    Broken,
}

/// Reads a body when there is room for it.
async fn read(house: &House, headers: &HeaderMap, mut body: Body) -> Result<(Bytes, OwnedSemaphorePermit), Cut> {
    let most = house.limits.body;
    // What does not say its length may have any.
    let length = headers
        .get(CONTENT_LENGTH)
        .map_or(Some(most), |length| length.to_str().ok()?.parse().ok());
    let length = length.filter(|length| *length <= most).ok_or(Cut::Large)?;
    let room = house.room_for(length).await.ok_or(Cut::Broken)?;
    let mut bytes = Vec::new();
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.map_err(|_| Cut::Broken)?.into_data() else {
            continue;
        };
        if bytes.len() + data.len() > most {
            return Err(Cut::Large);
        }
        bytes.extend_from_slice(&data);
    }
    Ok((bytes.into(), room))
}

/// An answer of the door's own.
pub(super) fn refuse(status: StatusCode, code: Code, detail: &str) -> Response {
    (status, HEADERS, refusal(code, detail)).into_response()
}

/// Ends the connection with this answer, since the rest of the request is of no use.
fn cut(unread: Option<&Unread>, answer: Response) -> Response {
    if let Some(unread) = unread {
        unread.set();
    }
    ([(CONNECTION, "close")], answer).into_response()
}
