/**
 * The live stream, shared by all tabs of the browser: one of them holds the connection (a Web Lock says which) and repeats
 * what it hears to the others. Where locks do not exist (plain HTTP on a site's network) each tab connects for itself.
 */

export interface LiveEvent {
  /** "passage", "pass", "box", …, or one of RELOAD and SIGNED_OUT. */
  kind: string;
  company?: string;
  id?: string;
}

export interface LiveStatus {
  state: "connecting" | "open" | "lost";
  /** When the state began, ms since 1970. */
  since: number;
}

/** `last`: the id of the newest event that the connection delivered: whoever leads next goes on after it. */
type Message = { type: "event"; event: LiveEvent; last: string } | { type: "last"; last: string } | { type: "status"; status: LiveStatus } | { type: "ask" };

const NAME = "domovoy.live";
/** The server says that events were missed: what is shown must be read anew. */
export const RELOAD = "reload";
/** The session has ended; the stream is over. */
export const SIGNED_OUT = "signed_out";
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 30_000;
/** The server says at least this often that it is there (`beat`); a line that is silent for two of them and a little is dead. */
const BEAT_MS = 15_000;
const SILENCE_MS = 2 * BEAT_MS + 5_000;

export class LiveConnection {
  private readonly channel = new BroadcastChannel(NAME);
  private readonly eventListeners = new Set<(event: LiveEvent) => void>();
  private readonly statusListeners = new Set<() => void>();
  private readonly stopped = new AbortController();
  private source: EventSource | null = null;
  private retryMs = FIRST_RETRY_MS;
  private isLeader = false;
  private last = "";
  private missed = false;
  private heardAt: number;
  private silence: ReturnType<typeof setTimeout> | undefined;
  private retry: ReturnType<typeof setTimeout> | undefined;
  private current: LiveStatus;

  constructor(
    private readonly url: string,
    private readonly now: () => number,
  ) {
    this.heardAt = now();
    this.current = { state: "connecting", since: this.heardAt };
    this.channel.onmessage = (message: MessageEvent<Message>) => this.hear(message.data);
  }

  start(): void {
    this.channel.postMessage({ type: "ask" } satisfies Message);
    const lead = (): Promise<void> => {
      this.isLeader = true;
      window.addEventListener("offline", this.onOffline);
      window.addEventListener("online", this.onOnline);
      this.connect();
      return new Promise((resolve) => this.stopped.signal.addEventListener("abort", () => resolve()));
    };
    if ("locks" in navigator) {
      navigator.locks.request(NAME, { signal: this.stopped.signal }, lead).catch((error: unknown) => {
        if (!(error instanceof DOMException && error.name === "AbortError")) throw error;
      });
    } else {
      void lead();
    }
  }

  stop(): void {
    this.stopped.abort();
    window.removeEventListener("offline", this.onOffline);
    window.removeEventListener("online", this.onOnline);
    this.disconnect();
    this.channel.close();
  }

  get status(): LiveStatus {
    return this.current;
  }

  onEvent(listener: (event: LiveEvent) => void): () => void {
    this.eventListeners.add(listener);
    return () => this.eventListeners.delete(listener);
  }

  onStatus = (listener: () => void): (() => void) => {
    this.statusListeners.add(listener);
    return () => this.statusListeners.delete(listener);
  };

  private connect(): void {
    this.disconnect();
    if (this.stopped.signal.aborted) return;
    const source = new EventSource(this.last ? `${this.url}?after=${this.last}` : this.url);
    this.source = source;
    this.expectBeat();
    source.onopen = () => {
      this.retryMs = FIRST_RETRY_MS;
      this.heard();
      if (this.missed) this.receive({ kind: RELOAD }, "");
      this.missed = false;
    };
    source.onerror = () => {
      this.tellStatus("lost");
      // The browser reconnects by itself, saying what it heard last, unless the server refused.
      if (source.readyState === EventSource.CLOSED) this.reconnectLater();
    };
    source.addEventListener("beat", () => this.heard());
    source.addEventListener("change", (message: MessageEvent<string>) =>
      this.receive(JSON.parse(message.data) as LiveEvent, message.lastEventId),
    );
    source.addEventListener("ready", (message: MessageEvent<string>) => {
      this.heard();
      this.last = message.lastEventId;
      this.channel.postMessage({ type: "last", last: this.last } satisfies Message);
    });
    for (const kind of [RELOAD, SIGNED_OUT]) {
      source.addEventListener(kind, (message: MessageEvent<string>) => this.receive({ kind }, message.lastEventId));
    }
  }

  private disconnect(): void {
    clearTimeout(this.silence);
    clearTimeout(this.retry);
    this.source?.close();
    this.source = null;
  }

  private heard(): void {
    this.heardAt = this.now();
    this.tellStatus("open");
    this.expectBeat();
  }

  /** A frozen line raises no error: only the silence tells. */
  private expectBeat(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => {
      this.tellStatus("lost", this.heardAt);
      this.missed = this.last === "";
      this.connect();
    }, SILENCE_MS);
  }

  private readonly onOffline = (): void => {
    this.disconnect();
    this.missed = this.last === "";
    this.tellStatus("lost");
  };

  private readonly onOnline = (): void => {
    this.retryMs = FIRST_RETRY_MS;
    this.connect();
  };

  private reconnectLater(): void {
    this.disconnect();
    // Without an event to go on after, what came between is not told: read everything anew once the connection stands.
    this.missed = this.last === "";
    const wait = this.retryMs * (0.5 + Math.random());
    this.retryMs = Math.min(this.retryMs * 2, LAST_RETRY_MS);
    this.retry = setTimeout(() => this.connect(), wait);
  }

  private receive(event: LiveEvent, last: string): void {
    this.heard();
    this.last = last;
    this.channel.postMessage({ type: "event", event, last } satisfies Message);
    this.tellEvent(event);
    if (event.kind === SIGNED_OUT) this.disconnect();
  }

  private hear(message: Message): void {
    if (message.type === "status") this.setStatus(message.status);
    else if (message.type !== "ask") this.last = message.last;
    else if (this.isLeader) {
      this.channel.postMessage({ type: "status", status: this.current } satisfies Message);
      this.channel.postMessage({ type: "last", last: this.last } satisfies Message);
    }
    if (message.type === "event") this.tellEvent(message.event);
  }

  private tellEvent(event: LiveEvent): void {
    for (const listener of this.eventListeners) listener(event);
  }

  private tellStatus(state: LiveStatus["state"], since = this.now()): void {
    if (state === this.current.state) return;
    const status = { state, since };
    this.channel.postMessage({ type: "status", status } satisfies Message);
    this.setStatus(status);
  }

  private setStatus(status: LiveStatus): void {
    this.current = status;
    for (const listener of this.statusListeners) listener();
  }
}
