/** The shelf in the browser's own database: it outlives the page and the power. */

import type { Queued, Shelf } from "./queue";

const NAME = "domovoy.gate";
const STORE = "violations";

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("the browser's database failed"));
  });
}

function open(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE, { keyPath: "id" });
  return done(request);
}

async function within<T>(mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await open();
  try {
    const transaction = database.transaction(STORE, mode);
    const ended = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => resolve();
      transaction.onabort = () => reject(transaction.error ?? new Error("the browser's database gave up"));
    });
    const [result] = await Promise.all([done(act(transaction.objectStore(STORE))), ended]);
    return result;
  } finally {
    database.close();
  }
}

export const shelf: Shelf = {
  all: () => within<Queued[]>("readonly", (store) => store.getAll() as IDBRequest<Queued[]>),
  put: async (queued) => {
    await within("readwrite", (store) => store.put(queued));
  },
  drop: async (id) => {
    await within("readwrite", (store) => store.delete(id));
  },
};
