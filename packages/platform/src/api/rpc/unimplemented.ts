/** Flyte's services that this platform does not have, and the alternatives that it has. */
const instead: Readonly<Record<string, string>> = {
  "flyteidl2.artifact.ArtifactService":
    "Artifacts are kept by Union's platform; here a run's outputs are found by the run's name or labels.",
  "flyteidl2.settings.SettingsService":
    "There are no settings of domains and projects here; what they set stands in the environments of the code.",
  "flyteidl2.workflow.TrackedRunService":
    "Runs that happen elsewhere are not recorded here; start the task on this platform, with `appenv run`.",
  "flyteidl2.imagebuilder.ImageService": "No images are built here: apps and tasks run from their code.",
  "flyteidl2.org.DomainService": "Every project has the domains development, staging and production.",
};

/** Why a method is not there. */
export function noSuchMethod(service: string, method: string): string {
  const named = `This platform has no method ${service.slice(0, 100)}/${method.slice(0, 100)}.`;
  return Object.hasOwn(instead, service) ? `${named} ${instead[service]}` : named;
}
