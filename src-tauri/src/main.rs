//! The program `cococat`.

use std::process::ExitCode;

use clap::Parser;
use cococat_shell::{Arguments, Defences};

fn main() -> ExitCode {
    match cococat_shell::run(Arguments::parse(), Defences::ALL) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("cococat: {error}");
            ExitCode::FAILURE
        }
    }
}
