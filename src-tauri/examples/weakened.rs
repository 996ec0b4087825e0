//! The shell with parts of its wall left out, named in `COCO_WITHOUT` (comma-separated): for the isolation tests, which
//! must fail when a part is missing. The program people run cannot be asked for this.

use std::process::ExitCode;

use clap::Parser;
use cococat_shell::{Arguments, Defence, Defences};

fn main() -> ExitCode {
    let mut defences = Defences::ALL;
    for name in std::env::var("COCO_WITHOUT")
        .unwrap_or_default()
        .split(',')
        .filter(|name| !name.is_empty())
    {
        let Some((_, defence)) = Defence::NAMES.iter().find(|(known, _)| *known == name) else {
            eprintln!("weakened: no defence is called {name}");
            return ExitCode::from(2);
        };
        defences = defences.without(*defence);
    }
    match cococat_shell::run(Arguments::parse(), defences) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("weakened: {error}");
            ExitCode::FAILURE
        }
    }
}
