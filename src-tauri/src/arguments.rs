//! The command line.

use std::path::PathBuf;

use clap::Parser;
use coco_keys::Address;

use crate::developer::Target;

/// A desktop messenger with mini-apps.
#[derive(Debug, Clone, Default, Parser)]
#[command(name = "cococat", version)]
pub struct Arguments {
    /// Folder for everything that is kept (default: the system's folder for application data)
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,

    /// Install a CocoAPP from a folder or a ZIP file; may be given several times
    #[arg(long, value_name = "PATH")]
    pub install: Vec<PathBuf>,

    /// Open an installed CocoAPP; may be given several times
    #[arg(long, value_name = "ADDRESS")]
    pub open: Vec<Address>,

    /// Run a folder, or a server on this computer such as http://localhost:5173, as a CocoAPP without signing it. Switches
    /// developer mode on until the program ends
    #[arg(long, value_name = "FOLDER|URL", requires = "dev_address", value_parser = Target::parse)]
    pub dev: Option<Target>,

    /// The CocoAPP that `--dev` shall be: its account and what it stored are used
    #[arg(long, value_name = "ADDRESS", requires = "dev")]
    pub dev_address: Option<Address>,

    /// Open a link of the program, such as one to a contact
    #[arg(value_name = "LINK", value_parser = crate::desktop::links::check)]
    pub link: Vec<String>,

    /// Open the bridge inspector. Switches developer mode on until the program ends
    #[arg(long)]
    pub inspector: bool,

    /// Write what happens to windows and packages to standard output, one JSON object a line
    #[arg(long)]
    pub report: bool,
}
