import { Worker } from 'node:worker_threads';
import type { Reply, Task, TaskResult } from './protocol.ts';

/** A task took longer than its file may take; its thread was ended. */
export class TaskTimeout extends Error {
  override readonly name = 'TaskTimeout';
}

/**
 * Heap of one thread, in MB. A small young generation costs a little time and saves much memory;
 * a thread that needs more than the old generation has met a hostile file, and only that file is lost.
 */
const LIMITS = { maxYoungGenerationSizeMb: 24, maxOldGenerationSizeMb: 1024 } as const;

interface Job {
  readonly task: Task;
  readonly resolve: (value: unknown) => void;
  readonly reject: (error: Error) => void;
}

/** WebAssembly memory never shrinks: a worker that was given this many files is replaced by a fresh one. */
const FILES_PER_WORKER = 20_000;

/**
 * A fixed number of threads with one task each. A thread that runs over the time limit or dies
 * (out of memory on hostile input) costs its own task only; a new one takes its place.
 */
export class ThreadPool {
  private readonly script: URL;
  private readonly size: number;
  private readonly timeout: number;
  private readonly idle: Thread[] = [];
  private readonly queue: Job[] = [];
  private readonly data: unknown;
  private running = 0;

  /** `timeout` in milliseconds per task; `data` is what each thread gets as `workerData`. */
  constructor(script: URL, size: number, timeout: number, data?: unknown) {
    this.data = data;
    this.script = script;
    this.size = size;
    this.timeout = timeout;
  }

  run<T extends Task>(task: T): Promise<TaskResult<T>> {
    return new Promise((resolve, reject) => {
      this.queue.push({ task, resolve: resolve as (value: unknown) => void, reject });
      this.pump();
    });
  }

  async close(): Promise<void> {
    await Promise.all(this.idle.splice(0).map((thread) => thread.end()));
  }

  private pump(): void {
    while (this.queue.length > 0 && this.running < this.size) {
      const job = this.queue.shift();
      if (!job) return;
      this.running++;
      const thread = this.idle.pop() ?? new Thread(this.script, this.data);
      void thread.perform(job, this.timeout).then((alive) => {
        this.running--;
        if (alive && thread.files < FILES_PER_WORKER) this.idle.push(thread);
        else void thread.end();
        this.pump();
      });
    }
  }
}

class Thread {
  /** Files that it was given. */
  files = 0;
  private readonly worker: Worker;

  constructor(script: URL, data: unknown) {
    this.worker = new Worker(script, { workerData: data, resourceLimits: LIMITS });
    this.worker.unref();
  }

  end(): Promise<number> {
    return this.worker.terminate();
  }

  /** Settles the job. Resolves to whether the thread can take another one. */
  perform(job: Job, timeout: number): Promise<boolean> {
    this.files += job.task.kind === 'crawl' ? job.task.files.length : 1;
    this.worker.ref();
    return new Promise((resolve) => {
      const finish = (alive: boolean): void => {
        clearTimeout(timer);
        this.worker.removeAllListeners('message');
        this.worker.removeAllListeners('error');
        this.worker.removeAllListeners('exit');
        if (alive) this.worker.unref();
        else this.worker.on('error', () => undefined);
        resolve(alive);
      };
      const timer = setTimeout(() => {
        job.reject(new TaskTimeout(`took longer than ${timeout} ms`));
        finish(false);
      }, timeout);
      this.worker.once('message', (reply: Reply) => {
        if (reply.ok) job.resolve(reply.value);
        else job.reject(new Error(reply.error));
        finish(true);
      });
      this.worker.once('error', (error: Error) => {
        job.reject(error);
        finish(false);
      });
      this.worker.once('exit', (code) => {
        job.reject(new Error(`worker ended with code ${code}`));
        finish(false);
      });
      this.worker.postMessage(job.task);
    });
  }
}
