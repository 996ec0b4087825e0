/** Hands over the samples of the first channel as they come, and plays silence. */
class Samples extends AudioWorkletProcessor {
  process([channels]) {
    if (channels?.[0]) this.port.postMessage(channels[0].slice());
    return true;
  }
}

registerProcessor("samples", Samples);
