import { useId } from 'preact/hooks';
import { type FieldName, type FormValues, fields, jobFields, missingFields, placeFields } from '../engine/fields.ts';
import { written } from '../engine/written.ts';
import { Document } from './document.tsx';
import type { ViewProps } from './state.ts';

/** The narrowest document for a job, made of a form. */
export function WriteView({ state: { form }, change }: ViewProps) {
  const onInput = (name: FieldName, value: string) => change({ form: { ...form, [name]: value } });
  const fieldsOf = (names: readonly FieldName[]) =>
    names.map((name) => <FormField key={name} name={name} form={form} onInput={onInput} />);
  return (
    <div class="columns">
      <form class="given" onSubmit={(event) => event.preventDefault()}>
        <Choice name="cloud" form={form} onInput={onInput} />
        <Choice name="kind" form={form} onInput={onInput} />
        <fieldset>
          <legend>The job</legend>
          {fieldsOf(jobFields(form))}
        </fieldset>
        <fieldset>
          <legend>The document</legend>
          {fieldsOf(placeFields(form))}
        </fieldset>
      </form>
      <div class="results">
        <Result form={form} onCheck={(text) => change({ text, view: 'check' })} />
      </div>
    </div>
  );
}

interface FieldProps {
  readonly name: FieldName;
  readonly form: FormValues;
  readonly onInput: (name: FieldName, value: string) => void;
}

/** One of a few, all of them in sight. */
function Choice({ name, form, onInput }: FieldProps) {
  const { label, choices = {} } = fields[name];
  return (
    <fieldset class="choice">
      <legend>{label}</legend>
      {Object.entries(choices).map(([value, title]) => (
        <label key={value}>
          <input
            type="radio"
            name={name}
            value={value}
            checked={form[name] === value}
            onChange={() => onInput(name, value)}
          />
          {title}
        </label>
      ))}
    </fieldset>
  );
}

function FormField({ name, form, onInput }: FieldProps) {
  const id = useId();
  const { label, hint, placeholder, choices, isRequired } = fields[name];
  const common = { id, value: form[name], 'aria-describedby': hint ? `${id}-hint` : undefined };
  return (
    <div class="field row">
      <label for={id}>{label}</label>
      {choices ? (
        <select {...common} onChange={({ currentTarget }) => onInput(name, currentTarget.value)}>
          {Object.entries(choices).map(([value, title]) => (
            <option key={value} value={value}>
              {title}
            </option>
          ))}
        </select>
      ) : (
        <input
          {...common}
          type="text"
          placeholder={placeholder}
          required={isRequired}
          spellcheck={false}
          autocomplete="off"
          autocapitalize="off"
          onInput={({ currentTarget }) => onInput(name, currentTarget.value)}
        />
      )}
      {hint && (
        <p class="hint" id={`${id}-hint`}>
          {hint}
        </p>
      )}
    </div>
  );
}

function Result({ form, onCheck }: { readonly form: FormValues; readonly onCheck: (document: string) => void }) {
  const missing = missingFields(form);
  const result = missing.length > 0 ? undefined : written(form);
  const said =
    missing.length > 0
      ? `Still to fill in: ${missing.map((name) => fields[name].label).join(', ')}.`
      : result && 'problem' in result
        ? result.problem
        : '';
  return (
    <>
      <p role="status" class={missing.length > 0 ? 'empty' : said === '' ? 'hidden' : 'problem'}>
        {said || 'The document is written.'}
      </p>
      {result && 'text' in result && (
        <>
          {result.wider && <p class="widens">Wider than one kind of job: it allows {result.wider}.</p>}
          <Document
            title={
              form.cloud === 'aws' ? 'The trust policy of the role, with its provider' : 'The federated credential'
            }
            text={result.text}
            actions={[{ label: 'Check it', act: () => onCheck(result.document) }]}
          />
        </>
      )}
    </>
  );
}
