import { describe, expect, it } from 'vitest';
import { requirementAt, scan } from './manifests-helper.ts';

const pom = (body: string): string => `<?xml version="1.0"?>\n<project xmlns="http://maven.apache.org/POM/4.0.0">\n${body}\n</project>\n`;
const dependency = (group: string, artifact: string, rest = ''): string =>
  `<dependency>\n<groupId>${group}</groupId>\n<artifactId>${artifact}</artifactId>\n${rest}</dependency>`;

describe('pom.xml', () => {
  it('resolves properties, parents in the tree, managed versions, profiles and scopes', async () => {
    const scanned = await scan({
      'pom.xml': pom(
        `<groupId>org.acme</groupId><artifactId>root</artifactId><version>1</version>
<properties><ai.version>\${base}.0</ai.version><base>1.0</base></properties>
<dependencyManagement><dependencies>
${dependency('dev.langchain4j', 'langchain4j-ollama', '<version>0.35.0</version>')}
${dependency('org.springframework.ai', 'spring-ai-bom', '<version>1.0.0</version><scope>import</scope>')}
</dependencies></dependencyManagement>`,
      ),
      'app/pom.xml': pom(
        `<parent><groupId>org.acme</groupId><artifactId>root</artifactId><version>1</version></parent>
<artifactId>app</artifactId>
<dependencies>
${dependency('org.springframework.ai', 'spring-ai-openai', '<version>${ai.version}</version>')}
${dependency('dev.langchain4j', 'langchain4j-ollama')}
${dependency('org.springframework.ai', 'spring-ai-starter-model-ollama')}
${dependency('dev.langchain4j', 'langchain4j-chroma', '<version>[0.30,)</version><scope>test</scope>')}
${dependency('${project.groupId}', 'root')}
</dependencies>
<profiles><profile><id>gpu</id><dependencies>
${dependency('com.microsoft.onnxruntime', 'onnxruntime_gpu', '<version>1.20.0</version>')}
</dependencies></profile></profiles>`,
      ),
    });
    expect(scanned.lines).toEqual([
      'maven/com.microsoft.onnxruntime/onnxruntime_gpu 1.20.0 runtime app/pom.xml:30',
      'maven/dev.langchain4j/langchain4j-chroma ~[0.30,) development app/pom.xml:20',
      'maven/dev.langchain4j/langchain4j-ollama 0.35.0 runtime app/pom.xml:12',
      'maven/org.springframework.ai/spring-ai-openai 1.0.0 runtime app/pom.xml:8',
      'maven/org.springframework.ai/spring-ai-starter-model-ollama - runtime app/pom.xml:16',
    ]);
    // Its version is managed by a BOM that is not in the tree.
    expect(requirementAt(scanned, 'maven/org.springframework.ai/spring-ai-starter-model-ollama', 'app/pom.xml:16')).toMatchObject({
      locked: true,
      bounded: true,
    });
  });

  it('survives a circle of parents and of properties', async () => {
    const { lines } = await scan({
      'pom.xml': pom(
        `<parent><relativePath>./pom.xml</relativePath></parent><properties><a>\${b}</a><b>\${a}</b></properties><dependencies>${dependency('dev.langchain4j', 'langchain4j', '<version>${a}</version>')}</dependencies>`,
      ),
    });
    expect(lines).toEqual(['maven/dev.langchain4j/langchain4j - runtime pom.xml:5']);
  });
});

describe('Gradle', () => {
  it('reads strings, maps, platforms, variables and comments', async () => {
    const { lines } = await scan({
      'gradle.properties': 'chromaVersion=0.31.0\n',
      'build.gradle': [
        'ext { set("springAiVersion", "1.0.0")',
        "  djl = '0.30.0' }",
        'dependencies {',
        '  // implementation "com.openai:openai-java:9.9.9"',
        "  implementation 'org.springframework.ai:spring-ai-starter-model-ollama'",
        '  implementation "dev.langchain4j:langchain4j-chroma:$chromaVersion"',
        "  testImplementation group: 'dev.langchain4j', name: 'langchain4j', version: '0.35.0'",
        '  implementation platform("org.springframework.ai:spring-ai-bom:${springAiVersion}")',
        '  runtimeOnly("ai.djl.pytorch:pytorch-engine:${djl}") { exclude group: "x" }',
        "  compileOnly 'ai.djl:api:' + djl",
        "  api 'com.anthropic:anthropic-java:1.0.0',",
        "      'com.openai:openai-java:2.0.0'",
        "  implementation project(':other')",
        '}',
      ].join('\n'),
    });
    expect(lines).toEqual([
      'maven/ai.djl.pytorch/pytorch-engine 0.30.0 runtime build.gradle:9',
      'maven/ai.djl/api 0.30.0 build build.gradle:10',
      'maven/com.anthropic/anthropic-java 1.0.0 runtime build.gradle:11',
      'maven/com.openai/openai-java 2.0.0 runtime build.gradle:12',
      'maven/dev.langchain4j/langchain4j 0.35.0 development build.gradle:7',
      'maven/dev.langchain4j/langchain4j-chroma 0.31.0 runtime build.gradle:6',
      'maven/org.springframework.ai/spring-ai-starter-model-ollama - runtime build.gradle:5',
    ]);
  });

  it('reads the Kotlin form and the version catalogue', async () => {
    const { lines } = await scan({
      'gradle/libs.versions.toml': [
        '[versions]',
        'lc4j = { strictly = "0.36.0" }',
        '[libraries]',
        'langchain4j-open-ai = { module = "dev.langchain4j:langchain4j-open-ai", version.ref = "lc4j" }',
        'openai_java = "com.openai:openai-java:0.8.0"',
        'unused = "com.anthropic:anthropic-java:1.0.0"',
        '[bundles]',
        'llm = ["langchain4j-open-ai", "openai_java"]',
      ].join('\n'),
      'app/build.gradle.kts':
        'dependencies {\n  implementation(libs.langchain4j.open.ai)\n  api(libs.bundles.llm)\n  implementation(libs.nothing)\n}\n',
    });
    expect(lines).toEqual([
      'maven/com.openai/openai-java 0.8.0 runtime app/build.gradle.kts:3',
      'maven/dev.langchain4j/langchain4j-open-ai 0.36.0 runtime app/build.gradle.kts:2',
    ]);
  });

  it('locks by gradle.lockfile', async () => {
    const scanned = await scan({
      'build.gradle': "dependencies {\n  implementation 'com.openai:openai-java:+'\n}\n",
      'gradle.lockfile':
        '# comment\ncom.openai:openai-java:0.8.1=compileClasspath\ncom.openai:openai-java-core:0.8.1=runtimeClasspath\nempty=\n',
    });
    expect(scanned.lines).toEqual([
      'maven/com.openai/openai-java 0.8.1 runtime build.gradle:2',
      'maven/com.openai/openai-java-core 0.8.1 runtime gradle.lockfile:3 *',
    ]);
    expect(requirementAt(scanned, 'maven/com.openai/openai-java', 'build.gradle:2')).toMatchObject({ locked: true, bounded: false });
  });
});

describe('sbt', () => {
  it('adds the binary version of Scala', async () => {
    const { lines, libraries } = await scan({
      'build.sbt':
        'scalaVersion := "2.13.14"\nval sparkVersion = "3.5.0"\nlibraryDependencies ++= Seq(\n  "org.apache.spark" %% "spark-mllib" % sparkVersion % "provided",\n  // "ai.djl" % "api" % "1",\n  "ai.djl" % "api" % "0.30.0" % Test\n)\n',
    });
    expect(lines).toEqual([
      'maven/ai.djl/api 0.30.0 development build.sbt:6',
      'maven/org.apache.spark/spark-mllib_2.13 3.5.0 build build.sbt:4',
    ]);
    expect(libraries.every(({ category }) => category !== undefined)).toBe(true);
  });
});
