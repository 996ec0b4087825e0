// The body of an asynchronous function: removes everything that the origin of its page has stored.
localStorage.clear();
for (const { name } of await indexedDB.databases()) {
  await new Promise((done, fail) => {
    const request = indexedDB.deleteDatabase(name);
    request.onsuccess = done;
    request.onerror = () => fail(request.error);
  });
}
const root = await navigator.storage?.getDirectory?.().catch(() => undefined);
if (root !== undefined) {
  for await (const name of root.keys()) await root.removeEntry(name, { recursive: true });
}
return true;
