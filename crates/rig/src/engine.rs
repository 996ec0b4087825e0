//! `coco engine` as a process, driven by its routes.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use serde_json::{Map, Value, json};
use ureq::Agent;

use crate::RigError;
use crate::error::During as _;
use crate::events::Events;
use crate::process::Process;
use crate::space::Space;

/// The password that [`Engine::register`] sets.
pub const PASSWORD: &str = "Correct horse battery staple";
/// How long an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// How an engine is started.
#[derive(Debug, Clone)]
pub struct EngineOptions {
    /// The program `coco`.
    pub program: PathBuf,
    /// Folder for the account (`data`) and what the program says (`log`).
    pub home: PathBuf,
    /// Where it runs.
    pub space: Arc<Space>,
    /// Arguments besides the folder, the address of its doors and the clock.
    pub args: Vec<String>,
    /// How much later its clock is than the computer's, in milliseconds.
    pub clock_offset: i64,
}

/// An engine, running or killed. A running one is killed when it is dropped.
#[derive(Debug)]
pub struct Engine {
    options: EngineOptions,
    running: Option<Running>,
}

#[derive(Debug)]
struct Running {
    process: Process,
    http: String,
    ws: String,
    token: String,
}

/// The answer of a route.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// 200, or why not.
    pub code: u64,
    /// What was asked for.
    pub data: Value,
    /// Why not, in words.
    pub message: String,
}

impl Engine {
    /// Starts an engine. Nobody is logged in.
    ///
    /// # Errors
    /// If it does not say that it is ready.
    pub fn start(options: EngineOptions) -> Result<Self, RigError> {
        let mut engine = Self { options, running: None };
        engine.restart()?;
        Ok(engine)
    }

    /// Starts it again; one that runs is killed first. Nobody is logged in afterwards.
    ///
    /// # Errors
    /// If it does not say that it is ready.
    pub fn restart(&mut self) -> Result<(), RigError> {
        self.running = None;
        let options = &self.options;
        let data = options.home.join("data");
        std::fs::create_dir_all(&data).during(data.display())?;
        let mut command = Command::new(&options.program);
        command.arg("engine").arg("--data").arg(&data);
        if options.clock_offset != 0 {
            command.arg(format!("--clock-offset={}", options.clock_offset));
        }
        command.args(&options.args);
        let (process, ready) = Process::start(&mut command, &options.space, &options.home.join("log"))?;
        let text = |member: &str| ready.get(member).and_then(Value::as_str).unwrap_or_default().to_owned();
        self.running = Some(Running {
            process,
            http: text("http"),
            ws: text("ws"),
            token: text("token"),
        });
        Ok(())
    }

    /// Ends it at once, as `kill -9` does.
    ///
    /// # Errors
    /// If the system refuses.
    pub fn kill9(&mut self) -> Result<(), RigError> {
        self.running.take().map_or(Ok(()), |mut running| running.process.kill())
    }

    /// Asks it to end, and waits until it has.
    ///
    /// # Errors
    /// If it does not end, or not well.
    pub fn stop(&mut self) -> Result<(), RigError> {
        self.running.take().map_or(Ok(()), |mut running| running.process.stop())
    }

    /// Whether it runs.
    pub fn is_running(&mut self) -> bool {
        self.running
            .as_mut()
            .is_some_and(|running| running.process.is_running())
    }

    /// The folder of the account and of what the program says.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.options.home
    }

    /// Where it runs.
    #[must_use]
    pub fn space(&self) -> &Arc<Space> {
        &self.options.space
    }

    /// Sets how much later its clock is than the computer's, in milliseconds, from the next start on.
    pub fn set_clock_offset(&mut self, milliseconds: i64) {
        self.options.clock_offset = milliseconds;
    }

    /// Sets its arguments from the next start on.
    pub fn set_args(&mut self, args: Vec<String>) {
        self.options.args = args;
    }

    /// A request that can be sent from another thread, even while the engine is killed.
    ///
    /// # Errors
    /// If the engine does not run, or the document has no such route.
    pub fn request(&self, method: &str, body: Value) -> Result<Request, RigError> {
        let running = self.running()?;
        Ok(Request {
            space: Arc::clone(&self.options.space),
            url: format!("{}/{method}", running.http),
            token: running.token.clone(),
            body: frame(method, body)?,
        })
    }

    /// Calls a route by its name, with the members that the document names for it. An error leaves open whether it was done.
    ///
    /// # Errors
    /// If the engine does not run or dies before it answers, or the document has no such route.
    pub fn ask(&self, method: &str, body: Value) -> Result<Answer, RigError> {
        self.request(method, body)?.send()
    }

    /// Calls a route that must succeed, and gives back its data.
    ///
    /// # Errors
    /// Those of [`Engine::ask`], and if the code is not 200.
    pub fn get(&self, method: &str, body: Value) -> Result<Value, RigError> {
        let answer = self.ask(method, body)?;
        if answer.code == 200 {
            return Ok(answer.data);
        }
        Err(RigError::new(format!("{method}: {} {}", answer.code, answer.message)))
    }

    /// Makes an account whose password is [`PASSWORD`]. Nobody is logged in afterwards.
    ///
    /// # Errors
    /// Those of [`Engine::get`].
    pub fn register(&self) -> Result<(), RigError> {
        self.get("init", json!({}))?;
        let body = json!({ "walletPwd": "Another horse", "imPwd": PASSWORD, "type": "text" });
        self.get("register", body).map(drop)
    }

    /// Logs in with [`PASSWORD`].
    ///
    /// # Errors
    /// Those of [`Engine::get`].
    pub fn login(&self) -> Result<(), RigError> {
        let body = json!({ "password": PASSWORD, "loginType": "text" });
        self.get("exportLogin", body).map(drop)
    }

    /// The address of who is logged in.
    ///
    /// # Errors
    /// Those of [`Engine::get`].
    pub fn address(&self) -> Result<String, RigError> {
        let me = self.get("getUserSingleInfo", json!({}))?;
        let address = me.get("u_nd_add").and_then(Value::as_str);
        address
            .map(str::to_owned)
            .ok_or_else(|| RigError::new(format!("no address in {me}")))
    }

    /// Listens to events by WebSocket, by routes of the module `socketEvent` such as `addReceive`.
    ///
    /// # Errors
    /// If the engine does not let it in.
    pub fn events(&self, routes: &[&str]) -> Result<Events, RigError> {
        let running = self.running()?;
        Events::open(&self.options.space, &running.ws, &running.token, routes)
    }

    /// Lets the peak of the program's memory be what it has now.
    ///
    /// # Errors
    /// If it does not run or the system refuses.
    pub fn forget_peak(&self) -> Result<(), RigError> {
        self.running()?.process.forget_peak()
    }

    /// The most memory that the program had since [`Self::forget_peak`], in KiB.
    ///
    /// # Errors
    /// If it does not run or the system does not say.
    pub fn peak_memory(&self) -> Result<u64, RigError> {
        self.running()?.process.peak_memory()
    }

    /// What the program said last, for the output of a test.
    #[must_use]
    pub fn last_words(&self) -> String {
        self.running
            .as_ref()
            .map(|running| running.process.last_words())
            .unwrap_or_default()
    }

    fn running(&self) -> Result<&Running, RigError> {
        self.running
            .as_ref()
            .ok_or_else(|| RigError::new("the engine does not run"))
    }
}

/// A request that is ready to be sent.
#[derive(Debug, Clone)]
pub struct Request {
    space: Arc<Space>,
    url: String,
    token: String,
    body: Map<String, Value>,
}

impl Request {
    /// Sends it over a connection of its own.
    ///
    /// # Errors
    /// If there is no answer. It may have been done all the same.
    pub fn send(&self) -> Result<Answer, RigError> {
        let answer: Value = self
            .space
            .run(|| {
                let agent: Agent = Agent::config_builder()
                    .timeout_global(Some(PATIENCE))
                    .max_idle_connections(0)
                    .http_status_as_error(false)
                    .build()
                    .into();
                let request = agent
                    .post(&self.url)
                    .header("Authorization", format!("Bearer {}", self.token));
                request
                    .send_json(&self.body)
                    .and_then(|mut answer| answer.body_mut().read_json())
            })?
            .during(&self.url)?;
        let Some(code) = answer.get("code").and_then(Value::as_u64) else {
            return Err(RigError::new(format!("{}: no code in {answer}", self.url)));
        };
        Ok(Answer {
            code,
            data: answer.get("data").cloned().unwrap_or_default(),
            message: answer
                .get("message")
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned(),
        })
    }
}

/// Routes that the engine has beyond the document, and their modules.
const BEYOND: [(&str, &str); 2] = [("searchMessages", "chat"), ("sendPostbackMessage", "chat")];

/// A request as it goes to the engine.
///
/// # Errors
/// If there is no such route, or the body is no object.
pub(crate) fn frame(method: &str, body: Value) -> Result<Map<String, Value>, RigError> {
    static MODULES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    let modules = MODULES.get_or_init(|| {
        let contract = include_str!("../../../tests/contract/im-routes.json");
        let routes: Vec<Value> = serde_json::from_str(contract).unwrap_or_default();
        let text = |route: &Value, member: &str| route.get(member).and_then(Value::as_str).map(str::to_owned);
        let pairs = routes
            .iter()
            .filter_map(|route| Some((text(route, "method")?, text(route, "module")?)));
        let beyond = BEYOND.map(|(method, module)| (method.to_owned(), module.to_owned()));
        pairs.chain(beyond).collect()
    });
    let module = modules
        .get(method)
        .ok_or_else(|| RigError::new(format!("there is no route {method}")))?;
    let Value::Object(mut frame) = body else {
        return Err(RigError::new(format!("{method}: {body} is no object")));
    };
    frame.insert("__SERVER_ROUTE_MODULE".to_owned(), json!(module));
    frame.insert("__SERVER_ROUTE_METHOD".to_owned(), json!(method));
    Ok(frame)
}
