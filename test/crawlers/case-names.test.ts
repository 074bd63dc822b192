// Weights that an enumeration lists by a word each.
import { describe, expect, it } from 'vitest';
import { components } from '../rules/scan-tree.ts';

const models = (path: string, code: string) => components('model', { [path]: code });
const HUB = 'https://huggingface.co/zephyr-labs/voice/resolve/main';

describe('weights of the cases of an enumeration', () => {
  it('are named by what its members make of a case: Swift', async () => {
    const swift = (base: string) => `import Foundation
enum Voice: ${base}, CaseIterable {
    static let folder = "${HUB}"
    case small
    case large = "large-q5_1"
    var fileName: String { "ggml-\\(rawValue).bin" }
    var downloadURL: URL? { URL(string: "\\(Self.folder)/\\(fileName)") }
    var title: String { "Voice \\(rawValue)" }
}
`;
    expect(await models('Voice.swift', swift('String'))).toEqual(['ggml-large-q5_1.bin Voice.swift:5', 'ggml-small.bin Voice.swift:4']);
    expect(await models('Voice.swift', swift('Int'))).toEqual([]);
    expect(await models('VoiceTests.swift', swift('String'))).toEqual([]);
  });

  it('are named by what its members make of a case: Kotlin, Python', async () => {
    const kotlin = `enum class Voice(val raw: String) {
    SMALL("small"),
    LARGE("large");
    val address: String get() = "${HUB}/voice-$raw.gguf"
}
`;
    expect(await models('Voice.kt', kotlin)).toEqual(['voice-large.gguf Voice.kt:3', 'voice-small.gguf Voice.kt:2']);
    const python = (base: string) => `from enum import Enum
import huggingface_hub
class Voice(${base}):
    SMALL = "small"
    LARGE = "large"
    @property
    def address(self):
        return f"${HUB}/voice-{self.value}.gguf"
`;
    expect(await models('voice.py', python('str, Enum'))).toEqual(['voice-large.gguf voice.py:5', 'voice-small.gguf voice.py:4']);
    // A class of constants has no cases.
    expect(await models('voice.py', python('Base'))).toEqual([]);
  });

  it('are none where a part is unknown, or the file holds something else', async () => {
    const swift = (text: string) => `enum Voice: String {
    case small
    case large
    var fileName: String { "${text}" }
}
`;
    expect(await models('Voice.swift', swift('ggml-\\(rawValue)-\\(size).bin'))).toEqual([]);
    expect(await models('Voice.swift', swift('sounds/\\(rawValue).mp3'))).toEqual([]);
    expect(await models('Voice.swift', swift('report-\\(rawValue).bin'))).toEqual([]);
    expect(await models('Voice.swift', swift(`${HUB}/report.pdf?\\(rawValue)`))).toEqual([]);
  });

  it('are not sought for long where names multiply', async () => {
    const read = (name: string) => `\\(${name})`.repeat(60);
    const members = ['a', 'b', 'c', 'd'].map(
      (name, at, all) => `    var ${name}: String { "${at === 0 ? read('rawValue') : read(all[at - 1] ?? '')}.bin" }`,
    );
    const cases = Array.from({ length: 50 }, (_, i) => `    case voice${i}`);
    const code = `enum Voice: String {\n${[...cases, ...members].join('\n')}\n}\n`;
    const start = performance.now();
    await models('Voice.swift', code);
    expect(performance.now() - start).toBeLessThan(4000);
  });
});
