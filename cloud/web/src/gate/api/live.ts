/** The live stream: what changes elsewhere, and whether this page still hears its server. */

import type { Schema } from "./client";

export type LiveEvent = Schema["Live"];

export interface LiveStatus {
  state: "connecting" | "open" | "lost";
  since: Date;
}

interface Hears {
  onEvent: (event: LiveEvent) => void;
  /** Events were missed: everything must be asked for anew. */
  onReload: () => void;
  onStatus: (status: LiveStatus) => void;
}

const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 15_000;

export class LiveStream {
  private source: EventSource | null = null;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private retryMs = FIRST_RETRY_MS;
  private missed = false;
  private status: LiveStatus;

  constructor(
    private readonly url: string,
    private readonly hears: Hears,
    private readonly now: () => Date,
  ) {
    this.status = { state: "connecting", since: now() };
  }

  start(): void {
    const source = new EventSource(this.url);
    this.source = source;
    source.onopen = () => {
      this.retryMs = FIRST_RETRY_MS;
      // After the browser's own retry the stream goes on after the last event; one that we open anew knows of none.
      if (this.missed) this.hears.onReload();
      this.missed = false;
      this.tell("open");
    };
    source.onerror = () => {
      this.tell("lost");
      if (source.readyState === EventSource.CLOSED) this.againLater();
    };
    source.onmessage = (message: MessageEvent<string>) => this.hears.onEvent(JSON.parse(message.data) as LiveEvent);
    source.addEventListener("reload", () => this.hears.onReload());
  }

  stop(): void {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = null;
  }

  private againLater(): void {
    this.stop();
    this.missed = true;
    const wait = this.retryMs * (0.5 + Math.random());
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
    this.retry = setTimeout(() => this.start(), wait);
  }

  private tell(state: LiveStatus["state"]): void {
    if (state === this.status.state) return;
    this.status = { state, since: this.now() };
    this.hears.onStatus(this.status);
  }
}
