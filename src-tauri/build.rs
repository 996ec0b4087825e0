//! Embeds the page and names every command, so that a window may call only what its capability grants.

fn main() {
    // Without this line a rebuilt page would not be embedded again.
    println!("cargo:rerun-if-changed=../web/dist");
    let manifest = tauri_build::AppManifest::new().commands(&["bridge", "im", "inspector", "sheet", "shell"]);
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new().app_manifest(manifest)) {
        println!("cargo:warning=is web/dist built? `npm run build -w web` does it");
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
