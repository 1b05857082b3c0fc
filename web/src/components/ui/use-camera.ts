import { onScopeDispose, ref, shallowRef, watch, type Ref } from 'vue';
import { readQr } from './qr-reader.js';

const LOOK_EVERY_MS = 200;

/** Looks for a QR code through the camera, from `start` until something is found or `stop`. Nothing leaves this page. */
export function useCamera(video: Readonly<Ref<HTMLVideoElement | null>>, onFound: (text: string) => void) {
  const stream = shallowRef<MediaStream>();
  const state = ref<'off' | 'starting' | 'on' | 'denied' | 'none'>('off');

  async function start(): Promise<void> {
    state.value = 'starting';
    try {
      stream.value = await navigator.mediaDevices.getUserMedia({ video: { facingMode: 'environment' } });
      state.value = 'on';
    } catch (error) {
      state.value = error instanceof DOMException && error.name === 'NotAllowedError' ? 'denied' : 'none';
    }
  }

  function stop(): void {
    stream.value?.getTracks().forEach((track) => track.stop());
    stream.value = undefined;
    state.value = 'off';
  }

  async function look(shown: MediaStream, element: HTMLVideoElement): Promise<void> {
    while (stream.value === shown) {
      const text = await readQr(element);
      if (stream.value !== shown) return;
      if (text !== undefined) {
        stop();
        return onFound(text);
      }
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  watch([stream, video], ([shown, element]) => {
    if (!shown || !element || element.srcObject === shown) return;
    element.srcObject = shown;
    void element.play().then(() => look(shown, element), stop);
  });
  onScopeDispose(stop);

  return { state, start, stop };
}
