/* One TCP connection to an SMSC: bytes to PDUs and back, each request paired with its answer or
 * with silence, enquire_link answered and asked. What stays up when a connection dies is in
 * smpp-session.js, the codec in smpp-pdu.js. */
import net from 'node:net';
import tls from 'node:tls';
import { PDU, PDU_BYTES, answerTo, nackTo, readPdu } from './smpp-pdu.js';

const ESME_RX_T_APPN = 0x64;
const codeOf = (/** @type {any} */ error) => error.code;

export class SmppLink {
  #config; #log; #deliver; #socket; #input = Buffer.alloc(0); #sequence = 0; #waiting = new Map();

  /** @param {object} config see smpp.js
   *  @param {{log: any, deliver: (pdu: any) => Promise<unknown>, bound: () => void,
   *           closed: () => void}} owner `deliver` gets every deliver_sm, and the SMSC hears that
   *    we have it only after the promise resolves; else it is asked to send it again */
  constructor(config, { log, deliver, bound, closed }) {
    this.#config = config;
    this.#log = log;
    this.#deliver = deliver;
    const { host, port, tls: secure } = config;
    const socket = secure ? tls.connect({ host, port, servername: host }) :
      net.connect({ host, port });
    this.#socket = socket;
    const deadline = setTimeout(() => this.destroy(), config.response_timeout_ms);
    socket.on('data', (chunk) => this.#read(chunk));
    socket.on('error', (error) => log.warn({ code: codeOf(error) }, 'smpp: socket error'));
    socket.on('close', () => {
      clearTimeout(deadline);
      for (const sequence of [...this.#waiting.keys()]) this.#answered(sequence, null);
      closed();
    });
    socket.once(secure ? 'secureConnect' : 'connect', async () => {
      clearTimeout(deadline);
      if (await this.#bind()) bound();
      else this.destroy();
    });
  }

  async #bind() {
    const { system_id, password, system_type } = this.#config;
    const reply = await this.ask('bind_transceiver',
      { system_id, password, system_type, interface_version: 0x34 });
    if (reply?.command_status === 0) return true;
    this.#log.error({ command_status: reply?.command_status }, 'smpp: not bound');
    return false;
  }

  /** The answer, or null when none came in time or the line broke. @returns {Promise<any>} */
  ask(command, fields = {}) {
    this.#sequence = this.#sequence >= 0x7fffffff ? 1 : this.#sequence + 1;
    const sequence = this.#sequence;
    const pdu = new PDU(command, { ...fields, sequence_number: sequence });
    return new Promise((resolve) => {
      const give_up = () => this.#answered(sequence, null);
      const timer = setTimeout(give_up, this.#config.response_timeout_ms);
      this.#waiting.set(sequence, (reply) => { clearTimeout(timer); resolve(reply); });
      if (this.#socket.destroyed) give_up();
      else this.#socket.write(pdu.toBuffer());
    });
  }

  /** Leaves a silent SMSC: TCP alone would not tell for a quarter of an hour. */
  async probe() {
    if (!await this.ask('enquire_link')) this.destroy();
  }

  destroy() { this.#socket.destroy(); }

  #answered(sequence, reply) {
    const settle = this.#waiting.get(sequence);
    this.#waiting.delete(sequence);
    settle?.(reply);
  }

  #read(chunk) {
    this.#input = Buffer.concat([this.#input, chunk]);
    while (this.#input.length >= PDU_BYTES.min) {
      const length = this.#input.readUInt32BE(0);
      if (length < PDU_BYTES.min || length > PDU_BYTES.max) return this.destroy();
      if (this.#input.length < length) return;
      const bytes = this.#input.subarray(0, length);
      this.#input = this.#input.subarray(length);
      this.#take(bytes);
    }
  }

  async #take(bytes) {
    const pdu = readPdu(bytes);
    // The framing is ours and intact, so one unreadable PDU costs only itself.
    if (!pdu) return this.#write(nackTo(bytes));
    if (pdu.isResponse()) return this.#answered(pdu.sequence_number, pdu);
    const answer = answerTo(pdu, pdu.command === 'deliver_sm' ? await this.#handOn(pdu) : 0);
    if (answer) this.#write(answer);
    if (pdu.command === 'unbind') this.#socket.end();
  }

  async #handOn(pdu) {
    try {
      await this.#deliver(pdu);
      return 0;
    } catch (error) {
      this.#log.warn({ code: codeOf(error) }, 'smpp: a deliver_sm was not stored');
      return ESME_RX_T_APPN;
    }
  }

  #write(pdu) {
    if (!this.#socket.destroyed) this.#socket.write(pdu.toBuffer());
  }
}
