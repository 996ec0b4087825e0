//! Doing what a plan says, and finding out what came of it.

use std::thread;
use std::time::Duration;

use fastrand::Rng;

use super::plan::{Action, Plan};
use super::verdict::{Fault, Sent, Surety, Verdict, judge};
use crate::RigError;
use crate::engine::{Answer, Engine};
use crate::net::{Conditions, Net, Reorder};
use crate::node::Node;
use crate::search::Needles;
use crate::talk::{heard, said, saying};
use crate::wait::until;

/// Somebody with an engine, logged in when the day begins.
#[derive(Debug)]
pub struct Person {
    /// What the output of the test calls them.
    pub name: String,
    /// Their address.
    pub address: String,
    /// Their engine.
    pub engine: Engine,
}

/// Everybody and everything. All people are each other's contacts.
#[derive(Debug)]
pub struct World {
    /// The people; a plan knows them by number.
    pub people: Vec<Person>,
    /// Their node, if there is one.
    pub node: Option<Node>,
    /// The network that connects them, if it is one of the rig; it keeps a capture.
    pub net: Option<Net>,
}

/// What is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// That everybody's own messages are kept.
    Senders,
    /// The same, and that all messages are at those they were sent to.
    Everybody,
}

/// Does what a plan says, and tells what was sent.
///
/// # Errors
/// If a program does not start or end as it should, or nobody has a number that the plan names.
pub fn play(plan: &Plan, world: &mut World) -> Result<Vec<Sent>, RigError> {
    let mut random = Rng::with_seed(plan.seed);
    let mut sent = Vec::new();
    for (round, action) in plan.actions.iter().enumerate() {
        let text = || format!("seed {} round {round} {}", plan.seed, word(&mut random));
        world.act(action, &mut sent, text).map_err(|error| {
            let seed = plan.seed;
            RigError::new(format!("RIG_SEED={seed}, round {round}, {action:?}: {error}"))
        })?;
    }
    Ok(sent)
}

/// Mends everything, lets everybody say one more thing to everybody, and waits until all that was promised is there or patience
/// ends; then kills everything and does the same again, so that what would be delivered twice is. Then judges. `secrets` are other
/// texts that nobody may read, such as names.
///
/// # Errors
/// If a program does not start, or a file cannot be searched.
pub fn settle(
    world: &mut World,
    seed: u64,
    mut sent: Vec<Sent>,
    scope: Scope,
    secrets: &[String],
    patience: Duration,
) -> Result<Verdict, RigError> {
    let mut random = Rng::with_seed(!seed);
    for words in ["almost the last", "the last"] {
        world.mend()?;
        for from in 0..world.people.len() {
            for to in (0..world.people.len()).filter(|to| *to != from) {
                // When this one is there, nothing that was sent before can come for the first time any more.
                let text = format!("seed {seed} {words} {}", word(&mut random));
                sent.push(world.say(from, to, text, None)?);
            }
        }
        let whole = || world.faults(&sent, scope).is_ok_and(|faults| faults.is_empty());
        if until("all is there", patience, whole).is_err() {
            // What did not come is found by the judgement below.
            break;
        }
        world.kill()?;
    }
    world.mend()?;
    let mut faults = world.faults(&sent, scope)?;
    let texts = sent.iter().map(|sent| &sent.text).chain(secrets);
    faults.extend(world.readable(&Needles::new(texts)?)?);
    let count = |surety| sent.iter().filter(|sent| sent.surety == surety).count();
    Ok(Verdict {
        seed,
        promised: count(Surety::Promised),
        open: count(Surety::Open),
        faults,
    })
}

impl World {
    fn act(&mut self, action: &Action, sent: &mut Vec<Sent>, text: impl FnOnce() -> String) -> Result<(), RigError> {
        match *action {
            Action::Say { from, to } => sent.push(self.say(from, to, text(), None)?),
            Action::SayAndDie { from, to, after } => sent.push(self.say(from, to, text(), Some(after))?),
            Action::Kill(who) => self.person(who)?.engine.kill9()?,
            Action::Stop(who) => self.person(who)?.engine.stop()?,
            Action::Wake(who) => self.person(who)?.wake()?,
            Action::KillNode => self.node.as_mut().map_or(Ok(()), Node::kill9)?,
            Action::StopNode => self.node.as_mut().map_or(Ok(()), Node::stop)?,
            Action::WakeNode => self.node.as_mut().map_or(Ok(()), Node::restart)?,
            Action::CutOff(who) => {
                let space = self.person(who)?.engine.space().clone();
                self.net.iter().for_each(|net| net.cut_off(&space));
            }
            Action::HealAll => self.net.iter().for_each(Net::heal_all),
            Action::Weather(badness) => self.net.iter().for_each(|net| net.set_all(&weather(badness))),
            Action::Rest(time) => thread::sleep(time),
        }
        Ok(())
    }

    /// Sends a text. With `dies`, the sender's engine is killed so long after the request began.
    fn say(&mut self, from: usize, to: usize, text: String, dies: Option<Duration>) -> Result<Sent, RigError> {
        let address = self.person(to)?.address.clone();
        let sender = &mut self.person(from)?.engine;
        let request = saying(sender, &address, &text)?;
        let answer = match dies {
            None => Ok(request.send()?),
            Some(after) => thread::scope(|scope| {
                let sending = scope.spawn(|| request.send());
                thread::sleep(after);
                let killed = sender.kill9();
                let answer = sending.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
                killed.map(|()| answer)
            })?,
        };
        let surety = match answer {
            Ok(Answer { code: 200, .. }) => Surety::Promised,
            Ok(_) => Surety::Refused,
            Err(_) => Surety::Open,
        };
        Ok(Sent { from, to, text, surety })
    }

    /// Kills all programs.
    fn kill(&mut self) -> Result<(), RigError> {
        self.node.as_mut().map_or(Ok(()), Node::kill9)?;
        self.people.iter_mut().try_for_each(|person| person.engine.kill9())
    }

    /// Starts what does not run, and makes all links good.
    fn mend(&mut self) -> Result<(), RigError> {
        if let Some(net) = &self.net {
            net.set_all(&Conditions::default());
        }
        if let Some(node) = &mut self.node
            && !node.is_running()
        {
            node.restart()?;
        }
        let mut people = self.people.iter_mut();
        people.try_for_each(|person| {
            if person.engine.is_running() {
                Ok(())
            } else {
                person.wake()
            }
        })
    }

    /// What is wrong with the conversations.
    fn faults(&self, sent: &[Sent], scope: Scope) -> Result<Vec<(String, Fault)>, RigError> {
        let mut faults = Vec::new();
        for (from, sender) in self.people.iter().enumerate() {
            for (to, receiver) in self.people.iter().enumerate().filter(|(to, _)| *to != from) {
                let between: Vec<_> = sent.iter().filter(|sent| (sent.from, sent.to) == (from, to)).collect();
                let mut add = |at: &Person, arrived: &[String]| {
                    let place = format!("{} to {}, at {}", sender.name, receiver.name, at.name);
                    faults.extend(judge(&between, arrived).into_iter().map(|fault| (place.clone(), fault)));
                };
                add(sender, &said(&sender.engine, &receiver.address)?);
                if scope == Scope::Everybody {
                    add(receiver, &heard(&receiver.engine, &sender.address)?);
                }
            }
        }
        Ok(faults)
    }

    /// What can be read in the network, at the node and in the files of the engines.
    fn readable(&self, needles: &Needles) -> Result<Vec<(String, Fault)>, RigError> {
        let mut found = Vec::new();
        if let Some(net) = &self.net {
            found.extend(net.traffic()?.search(needles)?);
        }
        let homes = self.people.iter().map(|person| person.engine.home());
        for home in homes.chain(self.node.as_ref().map(Node::home)) {
            found.extend(needles.in_folder(home)?);
        }
        Ok(found
            .into_iter()
            .map(|found| ("readable".to_owned(), Fault::Readable(found)))
            .collect())
    }

    fn person(&mut self, number: usize) -> Result<&mut Person, RigError> {
        self.people
            .get_mut(number)
            .ok_or_else(|| RigError::new(format!("there is nobody with the number {number}")))
    }
}

impl Person {
    /// Starts the engine again and logs in.
    fn wake(&mut self) -> Result<(), RigError> {
        self.engine.restart()?;
        self.engine.login()
    }
}

/// Links of so many hundredths of the worst.
fn weather(badness: u8) -> Conditions {
    let share = f64::from(badness.min(100)) / 100.0;
    let worst = |milliseconds| Duration::from_millis(milliseconds).mul_f64(share);
    Conditions {
        delay: worst(120),
        jitter: worst(60),
        reorder: Reorder::Yes,
        loss: 0.1 * share,
        duplicate: 0.1 * share,
        ..Conditions::default()
    }
}

/// A word that nothing else says by chance.
fn word(random: &mut Rng) -> String {
    (0..16).map(|_| random.lowercase()).collect()
}
