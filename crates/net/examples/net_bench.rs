//! What a delivery and a file cost beside bare requests and streams of the same size over the same library, in one run.
//!
//! Prints one line of JSON: medians of microseconds for a round trip, MiB a second for a file, and the ratios.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::{Seek as _, SeekFrom, Write as _};
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use coco_net::{Connection, Endpoint, EndpointOptions, Handler, Key, Peer, Piece, Refused};

const LOOPBACK: SocketAddr = SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0);
const BARE: &[u8] = b"bare/1";
const ROUNDS: usize = 5000;
const ENVELOPE: usize = 1024;
const FILE: usize = 256 * 1024 * 1024;
const PIECE: usize = 256 * 1024;

struct Shelf(PathBuf);

impl Handler for Shelf {
    fn envelopes(&self, _: &Key, _: Vec<Vec<u8>>) -> Result<(), Refused> {
        Ok(())
    }
    fn hello(&self, _: &Key, _: &[u8]) -> Option<Vec<u8>> {
        None
    }
    fn datagram(&self, _: &Key, _: &[u8]) {}
    fn file(&self, _: &Key, _: &str, offset: u64) -> Option<Piece> {
        let mut file = std::fs::File::open(&self.0).ok()?;
        let length = file.metadata().ok()?.len().checked_sub(offset)?;
        file.seek(SeekFrom::Start(offset)).ok()?;
        Some(Piece { file, length })
    }
    fn connected(&self, _: &Key, _: bool) {}
}

/// Answers a request of an envelope's size with one byte, and any other with a file's worth of bytes.
async fn serve_bare(endpoint: Endpoint) {
    let connection = endpoint.accept().await.unwrap().accept().unwrap().await.unwrap();
    while let Ok((mut send, mut receive)) = connection.accept_bi().await {
        tokio::spawn(async move {
            let request = receive.read_to_end(2 * ENVELOPE).await.unwrap();
            if request.len() == ENVELOPE {
                send.write_all(&[1]).await.unwrap();
            } else {
                let piece = vec![7; PIECE];
                for _ in 0..FILE / PIECE {
                    send.write_all(&piece).await.unwrap();
                }
            }
            send.finish().unwrap();
        });
    }
}

async fn bare_round(connection: &Connection) {
    let (mut send, mut receive) = connection.open_bi().await.unwrap();
    send.write_all(&[7; ENVELOPE]).await.unwrap();
    send.finish().unwrap();
    assert_eq!(receive.read_to_end(10).await.unwrap(), [1]);
}

async fn bare_file(connection: &Connection) {
    let (mut send, mut receive) = connection.open_bi().await.unwrap();
    send.write_all(&[1]).await.unwrap();
    send.finish().unwrap();
    let (mut piece, mut got) = (vec![0; PIECE], 0);
    while let Some(count) = receive.read(&mut piece).await.unwrap() {
        got += count;
    }
    assert_eq!(got, FILE);
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64()
}

#[tokio::main]
async fn main() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    for _ in 0..FILE / PIECE {
        file.write_all(&[7; PIECE]).unwrap();
    }
    let open = |secret: u8| {
        let options = EndpointOptions::new([secret; 32], vec![LOOPBACK]);
        let shelf = Arc::new(Shelf(file.path().to_owned()));
        async move { Peer::open(&options, shelf).await.unwrap() }
    };
    let (a, b) = (open(1).await, open(2).await);
    let key = b.endpoint().key();
    a.learn(&key, &b.endpoint().place());
    let bare_options = |secret: u8| EndpointOptions::new([secret; 32], vec![LOOPBACK]);
    let server = Endpoint::open(&bare_options(3), &[BARE]).await.unwrap();
    let client = Endpoint::open(&bare_options(4), &[]).await.unwrap();
    client.learn(&server.key(), &server.place());
    let (server_key, serving) = (server.key(), tokio::spawn(serve_bare(server.clone())));
    let connection = client.connect(&server_key, BARE).await.unwrap();

    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS + 100 {
        let begin = Instant::now();
        a.deliver(&key, vec![vec![7; ENVELOPE]]).await.unwrap();
        let middle = Instant::now();
        bare_round(&connection).await;
        if round >= 100 {
            ours.push(middle - begin);
            theirs.push(middle.elapsed());
        }
    }
    let (mut our_files, mut their_files) = (Vec::new(), Vec::new());
    for _ in 0..3 {
        let begin = Instant::now();
        a.fetch(&key, "file", 0, async |_, _| Ok(())).await.unwrap();
        let middle = Instant::now();
        bare_file(&connection).await;
        our_files.push(middle - begin);
        their_files.push(middle.elapsed());
    }
    let (ours, theirs) = (median(ours) * 1e6, median(theirs) * 1e6);
    let mib = FILE as f64 / 1_048_576.0;
    let (our_file, their_file) = (mib / median(our_files), mib / median(their_files));
    println!(
        "{{\"deliver_us\":{ours:.1},\"bare_us\":{theirs:.1},\"deliver_ratio\":{:.2},\"file_mib_s\":{our_file:.0},\"bare_file_mib_s\":{their_file:.0},\"file_ratio\":{:.2}}}",
        ours / theirs,
        our_file / their_file
    );
    serving.abort();
    a.close().await;
    b.close().await;
    client.close().await;
    server.close().await;
}
