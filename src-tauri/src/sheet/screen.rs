//! Pictures of the screen: from the X server where there is one, else from the desktop's portal.

use std::cell::Cell;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::mpsc::{self, Sender};
use std::time::Duration;

use coco_qr::Grey;
use gtk::gdk_pixbuf::{InterpType, Pixbuf};
use gtk::glib::{MainContext, Variant, VariantDict};
use gtk::prelude::*;
use gtk::{gdk, gio};
use tauri::{AppHandle, Manager};

use super::wire::ScanNote;

/// Time for what lay below the sheet to be drawn.
const REDRAW: Duration = Duration::from_millis(300);

/// Longest wait for the main thread, and for the person where the desktop asks them.
const PATIENCE: Duration = Duration::from_secs(120);

/// Largest picture that the page is given.
const VIEW: (i32, i32) = (860, 480);

/// Most pixels of a screen.
const PIXELS: i32 = 50_000_000;

const PORTAL: &str = "org.freedesktop.portal.Desktop";

/// Tells this program's request to the portal from its others.
const WORD: &str = "cococat_scan";

/// Where the picture goes, or why there is none; `None` for the person's wish.
type Done = Sender<Result<Shot, Option<ScanNote>>>;

/// A picture of the screen.
pub(super) struct Shot {
    pub(super) grey: Grey,
    /// A smaller one for the page, four bytes for each pixel.
    pub(super) view: Vec<u8>,
    pub(super) view_width: u32,
    pub(super) view_height: u32,
}

impl Shot {
    /// A part of it: left, top, width and height. `None` where it has none.
    pub(super) fn part(&self, [x, y, width, height]: [u32; 4]) -> Option<Grey> {
        let [x, y, width, height] = [x, y, width, height].map(|length| usize::try_from(length).unwrap_or(usize::MAX));
        let width = width.min(self.grey.width().checked_sub(x)?);
        let height = height.min(self.grey.height().checked_sub(y)?);
        let rows = self.grey.pixels().chunks_exact(self.grey.width()).skip(y).take(height);
        let pixels = rows.flat_map(|row| row.iter().skip(x).take(width)).copied().collect();
        Grey::new(width, height, pixels).ok()
    }
}

/// Takes a picture of the screen while the sheet is hidden; `None` for an error that is the person's wish. Never called on
/// the main thread.
pub(super) fn grab(app: &AppHandle, label: &str) -> Result<Shot, Option<ScanNote>> {
    let Some(window) = app.get_webview_window(label) else {
        return Err(None);
    };
    on_main_thread(app, move |done| {
        if let Ok(window) = window.gtk_window() {
            window.hide();
            window.display().sync();
        }
        let _ = done.send(());
    })
    .ok_or(None)?;
    std::thread::sleep(REDRAW);
    on_main_thread(app, |done| {
        let x11 = gdk::Display::default().is_some_and(|display| display.backend().is_x11());
        if x11 {
            let _ = done.send(root().and_then(|pixbuf| shot(&pixbuf)).ok_or(Some(ScanNote::NoScreen)));
        } else {
            MainContext::default().spawn_local(portal(done));
        }
    })
    .unwrap_or(Err(Some(ScanNote::NoScreen)))
}

/// Shows the sheet again.
pub(super) fn show(app: &AppHandle, label: &str) {
    let Some(window) = app.get_webview_window(label) else {
        return;
    };
    let _ = app.run_on_main_thread(move || {
        if let Ok(window) = window.gtk_window() {
            window.show_all();
            window.present();
        }
    });
}

fn on_main_thread<T: Send + 'static>(app: &AppHandle, work: impl FnOnce(Sender<T>) + Send + 'static) -> Option<T> {
    let (done, waiting) = mpsc::channel();
    app.run_on_main_thread(move || work(done)).ok()?;
    waiting.recv_timeout(PATIENCE).ok()
}

fn root() -> Option<Pixbuf> {
    let root = gdk::Screen::default()?.root_window()?;
    root.pixbuf(0, 0, root.width(), root.height())
}

fn shot(pixbuf: &Pixbuf) -> Option<Shot> {
    let (width, height) = (pixbuf.width(), pixbuf.height());
    if !fits(width, height) {
        return None;
    }
    let scale = (f64::from(VIEW.0) / f64::from(width)).min(f64::from(VIEW.1) / f64::from(height));
    let scaled = |length: i32| ((f64::from(length) * scale.min(1.0)).round() as i32).max(1);
    let view = pixbuf.scale_simple(scaled(width), scaled(height), InterpType::Bilinear)?;
    let length = |length: i32| usize::try_from(length).ok();
    Some(Shot {
        grey: Grey::from_rgba(length(width)?, length(height)?, &rgba(pixbuf)?).ok()?,
        view: rgba(&view)?,
        view_width: u32::try_from(view.width()).ok()?,
        view_height: u32::try_from(view.height()).ok()?,
    })
}

fn fits(width: i32, height: i32) -> bool {
    width.checked_mul(height).is_some_and(|pixels| pixels <= PIXELS)
}

/// Four bytes for each pixel, row by row.
fn rgba(pixbuf: &Pixbuf) -> Option<Vec<u8>> {
    let whole = if pixbuf.has_alpha() {
        pixbuf.clone()
    } else {
        pixbuf.add_alpha(false, 0, 0, 0).ok()?
    };
    let row = usize::try_from(whole.width()).ok()?.checked_mul(4)?;
    let stride = usize::try_from(whole.rowstride()).ok()?;
    let bytes = whole.read_pixel_bytes();
    let rows = bytes.chunks(stride).take(usize::try_from(whole.height()).ok()?);
    Some(rows.flat_map(|line| line.iter().take(row)).copied().collect())
}

/// Lets the desktop's own dialog take the picture.
async fn portal(done: Done) {
    if ask_portal(&done).await.is_none() {
        let _ = done.send(Err(Some(ScanNote::NoScreen)));
    }
}

/// Calls the portal; `None` when there is none. What it says comes later, as a signal of an object whose name follows from
/// this program's name on the bus and a word of its own.
async fn ask_portal(done: &Done) -> Option<()> {
    let bus = gio::bus_get_future(gio::BusType::Session).await.ok()?;
    let own = bus.unique_name()?.replace(':', "").replace('.', "_");
    let subscription = Rc::new(Cell::new(None));
    let (done, heard) = (done.clone(), Rc::clone(&subscription));
    subscription.set(Some(bus.signal_subscribe(
        Some(PORTAL),
        Some("org.freedesktop.portal.Request"),
        Some("Response"),
        Some(&format!("/org/freedesktop/portal/desktop/request/{own}/{WORD}")),
        None,
        gio::DBusSignalFlags::NONE,
        move |bus, _, _, _, _, answer| {
            if let Some(subscription) = heard.take() {
                bus.signal_unsubscribe(subscription);
            }
            let taken = picture_of(answer).map(|path| read(&path).ok_or(Some(ScanNote::NoScreen)));
            let _ = done.send(taken.unwrap_or(Err(None)));
        },
    )));
    let options = VariantDict::new(None);
    options.insert("handle_token", WORD);
    options.insert("interactive", true);
    let called = bus.call_future(
        Some(PORTAL),
        "/org/freedesktop/portal/desktop",
        "org.freedesktop.portal.Screenshot",
        "Screenshot",
        Some(&Variant::tuple_from_iter(["".to_variant(), options.end()])),
        None,
        gio::DBusCallFlags::NONE,
        -1,
    );
    if called.await.is_ok() {
        return Some(());
    }
    if let Some(subscription) = subscription.take() {
        bus.signal_unsubscribe(subscription);
    }
    None
}

/// Where the picture is that the portal tells of; `None` when the person cancelled.
fn picture_of(answer: &Variant) -> Option<PathBuf> {
    let results = VariantDict::new(Some(&answer.try_child_value(1)?));
    let uri: String = results.lookup("uri").ok()??;
    gio::File::for_uri(&uri).path()
}

fn read(path: &Path) -> Option<Shot> {
    let (_, width, height) = Pixbuf::file_info(path)?;
    fits(width, height)
        .then(|| Pixbuf::from_file(path).ok())?
        .as_ref()
        .and_then(shot)
}
