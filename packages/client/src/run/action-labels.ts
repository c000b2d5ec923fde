import { AppEnvError, type RunAction } from "@appenv/core";
import { didYouMean } from "@appenv/core/internal";

/** The part of an action that it is called by. */
type Called = Pick<RunAction, "name" | "task">;

/**
 * Names of a run's actions for people: that of the task, traced function or condition, and the number of the action among
 * those of that name, if there are several: `shop.weigh#2`. By the actions' own names.
 *
 * @param actions - All of a run, in order of their creation.
 */
export function actionLabels(actions: readonly Called[]): ReadonlyMap<string, string> {
  const counts = new Map<string, number>();
  for (const { task } of actions) counts.set(task, (counts.get(task) ?? 0) + 1);
  const seen = new Map<string, number>();
  return new Map(
    actions.map(({ name, task }) => {
      const nth = (seen.get(task) ?? 0) + 1;
      seen.set(task, nth);
      return [name, counts.get(task) === 1 ? task : `${task}#${nth}`];
    }),
  );
}

/**
 * The name of the action that a text means: the name itself, or a label, also without the environment of its task.
 *
 * @throws AppEnvError NOT_FOUND naming the nearest one, INVALID_INPUT if it may be one of several.
 */
export function findAction(run: string, actions: readonly Called[], text: string): string {
  if (actions.some(({ name }) => name === text)) return text;
  const labels = actionLabels(actions);
  const meant = [...labels].filter(([, label]) => matches(label, text)).map(([name]) => name);
  const exact = [...labels].filter(([, label]) => label === text).map(([name]) => name);
  const [name, ...others] = exact.length > 0 ? exact : meant;
  if (name === undefined) {
    const near = didYouMean(text, [...new Set(labels.values())]);
    throw new AppEnvError("NOT_FOUND", `There is no action '${text}' in the run '${run}'.${near}`);
  }
  if (others.length === 0) return name;
  const some = [name, ...others].slice(0, 5).map((each) => labels.get(each));
  throw new AppEnvError("INVALID_INPUT", `'${text}' means ${meant.length} actions of the run '${run}'.`, {
    fix: `Name one of them: ${some.join(", ")}${meant.length > 5 ? ", ..." : ""}.`,
  });
}

function matches(label: string, text: string): boolean {
  const short = label.slice(label.indexOf(".") + 1);
  return [label, short].some((each) => each === text || each.replace(/#\d+$/, "") === text);
}
