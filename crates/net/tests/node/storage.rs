use std::io::Cursor;

use coco_net::protocol::Refusal;
use coco_net::{ClientError, Download};

use crate::actors::{DAY, Device, Home, User};

fn refused<T: std::fmt::Debug>(result: Result<T, ClientError>) -> Refusal {
    match result {
        Err(ClientError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    }
}

fn bytes(length: usize, seed: u8) -> (Vec<u8>, [u8; 32]) {
    let mut bytes = vec![0; length];
    blake3::Hasher::new_keyed(&[seed; 32]).finalize_xof().fill(&mut bytes);
    let hash = *blake3::hash(&bytes).as_bytes();
    (bytes, hash)
}

async fn all(mut download: Download) -> Vec<u8> {
    let mut found = Vec::new();
    while let Some(part) = download.next().await.unwrap() {
        found.extend_from_slice(&part);
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn backups_come_back_to_who_has_the_key() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let key = User::new(50);
    let (blob, _) = bytes(3 * 1024 * 1024, 1);
    assert_eq!(
        alice.client.backup_get(key.key(), |text| key.sign(text)).await.unwrap(),
        None
    );
    alice
        .client
        .backup_put(key.key(), 5, &blob, |text| key.sign(text))
        .await
        .unwrap();
    let late = alice
        .client
        .backup_put(key.key(), 5, b"other", |text| key.sign(text))
        .await;
    assert_eq!(refused(late), Refusal::Stale(5));
    // Restored by a device that the node has never seen.
    let home = home.restart().await;
    let new = Device::new(9, &home.node).await;
    let found = new.client.backup_get(key.key(), |text| key.sign(text)).await.unwrap();
    assert_eq!(found, Some((5, blob)));
    let mallory = User::new(51);
    assert_eq!(
        refused(new.client.backup_get(key.key(), |text| mallory.sign(text)).await),
        Refusal::Forged
    );
    assert_eq!(
        refused(new.client.backup_put(key.key(), 6, b"x", |text| key.sign(text)).await),
        Refusal::NotServed
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_stored_read_from_anywhere_and_deleted() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let (file, hash) = bytes(5_000_000, 1);
    let size = file.len() as u64;
    alice
        .client
        .file_put(hash, size, &mut Cursor::new(&file))
        .await
        .unwrap();
    alice
        .client
        .file_put(hash, size, &mut Cursor::new(&file))
        .await
        .unwrap();
    assert_eq!(alice.client.quota().await.unwrap(), (size, 10 * 1024 * 1024 * 1024));
    let bob = Device::at_home(2, &home.node).await;
    assert_eq!(all(bob.client.file_get(hash, 0).await.unwrap()).await, file);
    let rest = bob.client.file_get(hash, 4_999_000).await.unwrap();
    assert_eq!(rest.size(), size);
    assert_eq!(all(rest).await, file[4_999_000..]);
    // Somebody else's deletion does not take it away.
    bob.client.file_delete(hash).await.unwrap();
    assert_eq!(all(bob.client.file_get(hash, 0).await.unwrap()).await.len(), file.len());
    alice.client.file_delete(hash).await.unwrap();
    assert_eq!(refused(bob.client.file_get(hash, 0).await.map(|_| ())), Refusal::Absent);
    assert_eq!(alice.client.quota().await.unwrap().0, 0);
}

/// Reads so far and no further.
struct Breaking<'a> {
    source: Cursor<&'a [u8]>,
    end: u64,
}

impl tokio::io::AsyncRead for Breaking<'_> {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        if self.source.position() >= self.end {
            return std::task::Poll::Ready(Err(std::io::Error::other("the disk was pulled out")));
        }
        std::pin::Pin::new(&mut self.source).poll_read(context, buffer)
    }
}

impl tokio::io::AsyncSeek for Breaking<'_> {
    fn start_seek(mut self: std::pin::Pin<&mut Self>, to: std::io::SeekFrom) -> std::io::Result<()> {
        std::pin::Pin::new(&mut self.source).start_seek(to)
    }

    fn poll_complete(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<u64>> {
        std::pin::Pin::new(&mut self.source).poll_complete(context)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_goes_on_where_it_broke() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let (file, hash) = bytes(4_000_000, 1);
    let size = file.len() as u64;
    let mut breaking = Breaking {
        source: Cursor::new(&file),
        end: 2_000_000,
    };
    let broken = alice.client.file_put(hash, size, &mut breaking).await;
    assert!(matches!(broken, Err(ClientError::Source(_))));
    assert_eq!(
        refused(alice.client.file_get(hash, 0).await.map(|_| ())),
        Refusal::Absent
    );
    // The node notices at its own pace that nothing more comes.
    let mut source = Counting(Cursor::new(&file), 0);
    loop {
        match alice.client.file_put(hash, size, &mut source).await {
            Ok(()) => break,
            Err(ClientError::Refused(Refusal::Busy)) => tokio::task::yield_now().await,
            Err(error) => panic!("{error}"),
        }
    }
    assert!(source.1 < size, "all was sent again");
    assert_eq!(all(alice.client.file_get(hash, 0).await.unwrap()).await, file);
}

/// Counts what is read.
struct Counting<'a>(Cursor<&'a Vec<u8>>, u64);

impl tokio::io::AsyncRead for Counting<'_> {
    fn poll_read(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
        buffer: &mut tokio::io::ReadBuf<'_>,
    ) -> std::task::Poll<std::io::Result<()>> {
        let before = buffer.filled().len();
        let polled = std::pin::Pin::new(&mut self.0).poll_read(context, buffer);
        self.1 += (buffer.filled().len() - before) as u64;
        polled
    }
}

impl tokio::io::AsyncSeek for Counting<'_> {
    fn start_seek(mut self: std::pin::Pin<&mut Self>, to: std::io::SeekFrom) -> std::io::Result<()> {
        std::pin::Pin::new(&mut self.0).start_seek(to)
    }

    fn poll_complete(
        mut self: std::pin::Pin<&mut Self>,
        context: &mut std::task::Context<'_>,
    ) -> std::task::Poll<std::io::Result<u64>> {
        std::pin::Pin::new(&mut self.0).poll_complete(context)
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_bytes_do_not_become_a_file() {
    let home = Home::new().await;
    let alice = Device::at_home(1, &home.node).await;
    let (file, hash) = bytes(100_000, 1);
    let mut wrong = file.clone();
    wrong[77] ^= 1;
    let put = alice.client.file_put(hash, 100_000, &mut Cursor::new(&wrong)).await;
    assert_eq!(refused(put), Refusal::Forged);
    alice
        .client
        .file_put(hash, 100_000, &mut Cursor::new(&file))
        .await
        .unwrap();
    assert_eq!(all(alice.client.file_get(hash, 0).await.unwrap()).await, file);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_quota_holds_and_time_empties_it() {
    let home = Home::with(|mut options| {
        options.limits.quota = 150_000;
        options
    })
    .await;
    let alice = Device::at_home(1, &home.node).await;
    let (file, hash) = bytes(100_000, 1);
    let (other, other_hash) = bytes(60_000, 2);
    alice
        .client
        .file_put(hash, 100_000, &mut Cursor::new(&file))
        .await
        .unwrap();
    let put = alice
        .client
        .file_put(other_hash, 60_000, &mut Cursor::new(&other))
        .await;
    assert_eq!(refused(put), Refusal::Quota);
    let nobody = Device::new(2, &home.node).await;
    let put = nobody
        .client
        .file_put(other_hash, 60_000, &mut Cursor::new(&other))
        .await;
    assert_eq!(refused(put), Refusal::NotServed);
    home.time.pass(31 * DAY);
    home.node.expire().await.unwrap();
    assert_eq!(
        refused(alice.client.file_get(hash, 0).await.map(|_| ())),
        Refusal::Absent
    );
    alice
        .client
        .file_put(other_hash, 60_000, &mut Cursor::new(&other))
        .await
        .unwrap();
    assert_eq!(alice.client.quota().await.unwrap(), (60_000, 150_000));
    let files = std::fs::read_dir(home.folder.path().join("uploads")).unwrap().count();
    assert_eq!(files, 0);
}
