//! Requests and events by WebSocket.

use std::sync::Arc;
use std::time::Instant;

use axum::extract::State;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade, close_code};
use axum::http::StatusCode;
use axum::response::Response;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt as _, StreamExt as _};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Interval, interval, sleep};

use super::frame;
use super::guard::PROTOCOL;
use super::http::refuse;
use super::server::{House, closes};
use crate::events::{Batch, Subscription};
use crate::{Code, Engine};

/// What goes to the client between events.
enum Word {
    /// An answer, with the place that its request takes until it is written.
    Answer(String, OwnedSemaphorePermit),
    /// The client was silent; asks whether it is there.
    Ping,
}

/// Turns a request that was let in into a WebSocket.
pub(super) async fn open(
    State(house): State<House>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    let upgrade = match upgrade {
        Ok(upgrade) => upgrade,
        Err(rejected) => return refuse(rejected.status(), Code::PARAMETERS, "Only WebSockets are at this path."),
    };
    let Ok(place) = Arc::clone(&house.sockets).try_acquire_owned() else {
        return refuse(
            StatusCode::SERVICE_UNAVAILABLE,
            Code::FAILURE,
            "There are too many WebSockets.",
        );
    };
    let most = house.limits.body;
    // Browsers insist on an answer to what they offer; the token is answered only if nothing else was offered.
    let carrier = upgrade
        .requested_protocols()
        .find(|offered| *offered != PROTOCOL)
        .cloned();
    let known = std::iter::once(PROTOCOL.to_owned());
    let carrier = carrier.and_then(|carrier| carrier.to_str().ok().map(str::to_owned));
    upgrade
        .protocols(known.chain(carrier))
        .max_message_size(most)
        .max_frame_size(most)
        .on_upgrade(move |socket| async move {
            serve(house, socket).await;
            drop(place);
        })
}

/// Serves a client until one of both ends it. When the doors close, requests under way are answered first.
async fn serve(house: House, socket: WebSocket) {
    let engine = house.engine.for_caller();
    let events = engine.listen();
    let (sink, stream) = socket.split();
    let (words, spoken) = mpsc::channel(house.limits.requests_of_a_socket.max(1));
    let writer = write(sink, spoken, events, &engine);
    let reader = read(&house, stream, words, &engine);
    tokio::pin!(writer, reader);
    tokio::select! {
        () = &mut writer => {}
        // The writer ends when the last answer is written, since nobody has words for it any more.
        () = &mut reader => writer.await,
    }
}

async fn read(house: &House, mut stream: SplitStream<WebSocket>, words: mpsc::Sender<Word>, engine: &Engine) {
    let places = Arc::new(Semaphore::new(house.limits.requests_of_a_socket.max(1)));
    let mut closing = house.closing.subscribe();
    let mut quiet = Quiet::new(interval(house.limits.quiet));
    loop {
        let message = tokio::select! {
            () = closes(&mut closing) => return,
            there = quiet.passed() => {
                if !there || words.send(Word::Ping).await.is_err() {
                    return;
                }
                continue;
            }
            message = stream.next() => message,
        };
        quiet.heard();
        let text = match message {
            Some(Ok(Message::Text(text))) => text,
            Some(Ok(Message::Binary(_))) => {
                let Ok(place) = Arc::clone(&places).acquire_owned().await else {
                    return;
                };
                let answer = frame::refusal(Code::PARAMETERS, "Requests go in text frames.");
                if words.send(Word::Answer(answer, place)).await.is_err() {
                    return;
                }
                continue;
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(Message::Close(_)) | Err(_)) | None => return,
        };
        while let Err(wait) = house.rate.take(Instant::now()) {
            sleep(wait).await;
        }
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        let (engine, words) = (engine.clone(), words.clone());
        let work = house.work(move || frame::text(&frame::answer_frame(&engine, text.as_bytes())));
        tokio::spawn(async move {
            if let Some(answer) = work.await {
                // Whoever is gone does not want the answer.
                let _ = words.send(Word::Answer(answer, place)).await;
            }
        });
    }
}

async fn write(
    mut sink: SplitSink<WebSocket, Message>,
    mut words: mpsc::Receiver<Word>,
    mut events: Subscription,
    engine: &Engine,
) {
    // Answers that are written but not yet flushed keep their places.
    let mut places = Vec::new();
    loop {
        let fed = tokio::select! {
            word = words.recv() => match word {
                Some(word) => feed_words(&mut sink, word, &mut words, &mut places).await,
                None => break,
            },
            Some(batch) = events.next() => feed_events(&mut sink, batch, engine).await,
        };
        if fed.is_err() || sink.flush().await.is_err() {
            return;
        }
        places.clear();
    }
    let farewell = CloseFrame {
        code: close_code::AWAY,
        reason: "".into(),
    };
    // It may be gone already.
    let _ = sink.send(Message::Close(Some(farewell))).await;
    let _ = sink.close().await;
}

/// Writes a word and those that wait behind it.
async fn feed_words(
    sink: &mut SplitSink<WebSocket, Message>,
    first: Word,
    words: &mut mpsc::Receiver<Word>,
    places: &mut Vec<OwnedSemaphorePermit>,
) -> Result<(), axum::Error> {
    let mut next = Some(first);
    while let Some(word) = next {
        match word {
            Word::Answer(answer, place) => {
                sink.feed(Message::Text(answer.into())).await?;
                places.push(place);
            }
            Word::Ping => sink.feed(Message::Ping(Default::default())).await?,
        }
        next = words.try_recv().ok();
    }
    Ok(())
}

/// Writes the events that the client listens to, and first that it missed some.
async fn feed_events(
    sink: &mut SplitSink<WebSocket, Message>,
    batch: Batch,
    engine: &Engine,
) -> Result<(), axum::Error> {
    for frame in batch.frames(engine.listeners()) {
        if let Ok(text) = serde_json::to_string(&frame) {
            sink.feed(Message::Text(text.into())).await?;
        }
    }
    Ok(())
}

/// Notices when nothing is heard for long.
struct Quiet {
    ticks: Interval,
    silent: u8,
}

impl Quiet {
    fn new(mut ticks: Interval) -> Self {
        // The first one is due at once, the next after the interval.
        ticks.reset();
        Self { ticks, silent: 0 }
    }

    fn heard(&mut self) {
        self.ticks.reset();
        self.silent = 0;
    }

    /// Waits for an interval without a word; whether it is the first such.
    async fn passed(&mut self) -> bool {
        self.ticks.tick().await;
        self.silent += 1;
        self.silent == 1
    }
}
