import { execFile } from 'node:child_process';
import { cp, mkdir, readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { promisify } from 'node:util';
import { DockerfileParser, type Instruction } from 'dockerfile-ast';

const run = promisify(execFile);

/** What an image is, as far as its file says. */
export interface Image {
  /** Its file system: what was put into it, beside what it begins with. */
  readonly root: string;
  /** The image that it begins with. */
  readonly base: string;
  readonly workdir: string;
  readonly env: Readonly<Record<string, string>>;
  readonly user?: string;
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  readonly health?: readonly string[];
}

/** One of a Dockerfile's stages. */
export interface Stage {
  readonly name: string;
  readonly base: string;
  readonly instructions: readonly Instruction[];
}

export function stagesOf(dockerfile: string): readonly Stage[] {
  const stages: { name: string; base: string; instructions: Instruction[] }[] = [];
  for (const instruction of DockerfileParser.parse(dockerfile).getInstructions()) {
    const [base = '', , name = ''] = argumentsOf(instruction);
    if (instruction.getKeyword() === 'FROM') stages.push({ name, base, instructions: [] });
    else stages.at(-1)?.instructions.push(instruction);
  }
  return stages;
}

/** Carries out what a Dockerfile says, in folders of this machine instead of an image: on its own Node, and without isolation. */
export class ImageBuilder {
  readonly #stages: readonly Stage[];
  readonly #context: string;
  readonly #folder: string;
  readonly #env: NodeJS.ProcessEnv;
  readonly #built = new Map<string, Promise<Image>>();

  /** @param env for what is run. */
  constructor(
    stages: readonly Stage[],
    {
      context,
      folder,
      env,
    }: { readonly context: string; readonly folder: string; readonly env: NodeJS.ProcessEnv },
  ) {
    this.#stages = stages;
    this.#context = context;
    this.#folder = folder;
    this.#env = env;
  }

  /** The image of a stage, made once. */
  build(name: string): Promise<Image> {
    const built = this.#built.get(name) ?? this.#build(name);
    this.#built.set(name, built);
    return built;
  }

  async #build(name: string): Promise<Image> {
    const stage = this.#stages.find((one) => one.name === name);
    if (stage === undefined) throw new Error(`there is no stage ${name}`);
    let image = await this.#from(stage);
    for (const instruction of stage.instructions) image = await this.#carryOut(instruction, image);
    return image;
  }

  async #from({ name, base }: Stage): Promise<Image> {
    if (this.#stages.some((other) => other.name === base)) return this.build(base);
    const root = join(this.#folder, name);
    await mkdir(root);
    return { root, base, workdir: '/', env: {}, entrypoint: [], command: [] };
  }

  async #carryOut(instruction: Instruction, image: Image): Promise<Image> {
    const { root, workdir } = image;
    const args = argumentsOf(instruction);
    const text = instruction.getArgumentsContent() ?? '';
    const keyword = instruction.getKeyword();
    switch (keyword) {
      case 'WORKDIR':
        await mkdir(join(root, text));
        return { ...image, workdir: text };
      case 'ENV': {
        const [key = '', value = ''] = text.split('=');
        return { ...image, env: { ...image.env, [key]: value } };
      }
      case 'COPY':
        await this.#copy(instruction.toString(), args, join(root, workdir));
        return image;
      case 'RUN':
        await run('sh', ['-c', text], { cwd: join(root, workdir), env: { ...this.#env, ...image.env } });
        return image;
      case 'USER':
        return { ...image, user: text };
      case 'ENTRYPOINT':
        return { ...image, entrypoint: execForm(text) };
      case 'CMD':
        return { ...image, command: execForm(text) };
      case 'HEALTHCHECK':
        return { ...image, health: execForm(text.replace(/^CMD /, '')) };
      case 'EXPOSE':
        return image;
      default:
        throw new Error(`${keyword} is not known here`);
    }
  }

  async #copy(instruction: string, args: readonly string[], into: string): Promise<void> {
    const from = /--from=(\w+)/.exec(instruction)?.[1];
    const [to = '', ...sources] = args.toReversed();
    for (const source of sources) {
      if (from !== undefined) {
        const { root } = await this.build(from);
        // By links: it is left as it is.
        await run('cp', ['-al', join(root, source), join(into, to)]);
      } else if (source === '.') await this.#copyContext(join(into, to));
      else await cp(join(this.#context, source), join(into, to, source));
    }
  }

  async #copyContext(into: string): Promise<void> {
    const text = await readFile(join(this.#context, '.dockerignore'), 'utf8');
    const left = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
    const isLeft = (path: string, isTop: boolean) =>
      left.some((pattern) => {
        const anywhere = pattern.startsWith('**/');
        const name = pattern.replace('**/', '').replaceAll('.', '\\.').replaceAll('*', '.*');
        return (isTop || anywhere) && new RegExp(`^${name}$`).test(basename(path));
      });
    for (const entry of await readdir(this.#context))
      if (!isLeft(entry, true))
        await cp(join(this.#context, entry), join(into, entry), {
          recursive: true,
          filter: (path) => !isLeft(path, false),
        });
  }
}

function argumentsOf(instruction: Instruction): readonly string[] {
  return instruction
    .getArguments()
    .map((argument) => argument.getValue())
    .filter((value) => !value.startsWith('--'));
}

/** As a JSON array: nothing but the command itself is run. */
function execForm(text: string): readonly string[] {
  return JSON.parse(text) as readonly string[];
}
