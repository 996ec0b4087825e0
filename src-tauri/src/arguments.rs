//! The command line.

use std::path::PathBuf;

use clap::Parser;
use coco_keys::Address;

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

    /// Write what happens to windows and packages to standard output, one JSON object a line
    #[arg(long)]
    pub report: bool,
}
