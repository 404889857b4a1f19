/** Runs a graph as the runtime does, from bytes over files in a folder, and keeps both sides for other tools to look at. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type InferenceSession, Tensor } from 'onnxruntime-node';
import { encodeModel, type Graph } from '../../onnx/index.js';
import { createSession } from '../../runtime/corpus/create-session.js';

export interface Described {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Below the folder of all cases. */
  readonly file: string;
}

export interface GraphCase {
  readonly name: string;
  readonly model: string;
  readonly inputs: Readonly<Record<string, Described>>;
  readonly answers: Readonly<Record<string, Described>>;
  readonly error: number;
}

type AnyTensor = Pick<Tensor, 'data' | 'dims' | 'type'>;
type Numbers = Float32Array | Int32Array | BigInt64Array | Uint8Array;
export type Inputs = Readonly<Record<string, Numbers | readonly [Numbers, ...number[]]>>;

export interface Best {
  readonly values: Float32Array;
  readonly rows: Int32Array;
}

const DTYPES = { float32: 'float32', int32: 'int32', int64: 'int64', bool: 'bool' } as const;

/** A model in a folder of its own, with the files it maps. */
export class GraphOnDisk {
  private constructor(
    private readonly folder: string,
    private readonly name: string,
    private readonly session: InferenceSession
  ) {}

  /** @param files  what lies beside the model, by name */
  static async make(
    folder: string,
    name: string,
    graph: Graph,
    files: Readonly<Record<string, Float32Array | Uint8Array>>,
    pack = false
  ): Promise<GraphOnDisk> {
    const own = join(folder, name);
    await mkdir(own);
    for (const [file, values] of Object.entries(files)) await writeFile(join(own, file), values);
    await writeFile(join(own, 'model.onnx'), encodeModel(graph));
    return new GraphOnDisk(folder, name, await createSession(graph, own, 2, { pack }));
  }

  /** @param inputs  values, of one dimension unless a shape follows */
  async run(inputs: Inputs): Promise<Best> {
    const { values, rows } = await this.session.run(this.#feeds(inputs));
    return { values: values?.data as Float32Array, rows: rows?.data as Int32Array };
  }

  /** The same, written down as a case. @param error  see check_graphs.py */
  async case(name: string, inputs: Inputs, error: number): Promise<GraphCase> {
    const feeds = this.#feeds(inputs);
    const answers = await this.session.run(feeds);
    const at = `${this.name}/${name}`;
    await mkdir(join(this.folder, at));
    return {
      name: at,
      model: `${this.name}/model.onnx`,
      inputs: await this.#write(at, 'in', feeds),
      answers: await this.#write(at, 'out', answers),
      error
    };
  }

  release(): Promise<void> {
    return this.session.release();
  }

  #feeds(inputs: Inputs): Record<string, Tensor> {
    const tensors: Record<string, Tensor> = {};
    for (const [name, given] of Object.entries(inputs)) {
      const [values, ...shape] = 'buffer' in given ? [given] : given;
      tensors[name] = tensorOf(values, shape.length === 0 ? [values.length] : shape);
    }
    return tensors;
  }

  async #write(
    at: string,
    kind: string,
    tensors: Readonly<Record<string, AnyTensor>>
  ): Promise<Record<string, Described>> {
    const described: Record<string, Described> = {};
    for (const [name, { data, dims, type }] of Object.entries(tensors)) {
      const file = `${at}/${kind}.${name}`;
      await writeFile(join(this.folder, file), data as Float32Array);
      described[name] = { dtype: DTYPES[type as keyof typeof DTYPES], shape: dims, file };
    }
    return described;
  }
}

/** Bytes are truth values here: no graph of ours takes others. */
function tensorOf(values: Numbers, shape: readonly number[]): Tensor {
  if (values instanceof Float32Array) return new Tensor('float32', values, shape);
  if (values instanceof Int32Array) return new Tensor('int32', values, shape);
  if (values instanceof BigInt64Array) return new Tensor('int64', values, shape);
  return new Tensor('bool', values, shape);
}
