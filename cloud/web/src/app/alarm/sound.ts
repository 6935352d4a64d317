/** The sound of an emergency: two falling tones, twice, unlike anything that the gates say. */

const TONES_HZ = [880, 587] as const;
const TONE_S = 0.18;
const LOUDNESS = 0.25;

/** Browsers let a page sound only after a click or a key; until then the state is "suspended". */
export class AlarmSound {
  private context: AudioContext | null = null;

  get isReady(): boolean {
    return this.context?.state === "running";
  }

  /** To be called by a click or a key, or to try whether none is needed. Answers late where the browser is slow. */
  async wake(): Promise<boolean> {
    this.context ??= new AudioContext();
    // A refusal does not fail: it waits until somebody has touched the page, or for ever; closing ends it.
    if (this.context.state !== "running") await this.context.resume().catch(() => undefined);
    return this.isReady;
  }

  play(): void {
    const { context } = this;
    if (!context || !this.isReady) return;
    const tones = [...TONES_HZ, ...TONES_HZ];
    tones.forEach((hz, index) => this.tone(context, hz, context.currentTime + index * TONE_S * 1.25));
  }

  close(): void {
    void this.context?.close();
    this.context = null;
  }

  private tone(context: AudioContext, hz: number, at: number): void {
    const oscillator = context.createOscillator();
    const gain = context.createGain();
    oscillator.type = "square";
    oscillator.frequency.value = hz;
    gain.gain.setValueAtTime(0, at);
    gain.gain.linearRampToValueAtTime(LOUDNESS, at + 0.01);
    gain.gain.linearRampToValueAtTime(0, at + TONE_S);
    oscillator.connect(gain).connect(context.destination);
    oscillator.start(at);
    oscillator.stop(at + TONE_S);
  }
}
