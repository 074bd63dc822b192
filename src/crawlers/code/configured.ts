import { KEY_TARGET } from '../../lang/frontend.ts';
import type { Unit } from '../../resolve/unit.ts';
import { isTest, type Context } from './context.ts';
import { addService } from './services.ts';

/** `RubyLLM.configure { |config| config.openai_api_key = … }`: a block that gives a library the credential of a provider. */
export function detectConfigured(context: Context, units: readonly Unit[]): void {
  for (const unit of units) {
    if (isTest(unit)) continue;
    for (const { target, line, value } of unit.facts.assigns) {
      if (!target.startsWith(KEY_TARGET) || value.kind === 'null') continue;
      const name = target.slice(KEY_TARGET.length);
      const known = context.providers.byEnv(name.slice(name.lastIndexOf('.') + 1).toUpperCase());
      if (known?.role === 'credential' && !known.shared)
        addService(context, known.provider, { path: unit.path, line }, `config.${name}`, false, { authenticated: true });
    }
  }
}
