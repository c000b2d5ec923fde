// The docs pages are vendored from prebuilt browser files that carry everything inside:
// of these packages only the package itself is installed, not its 100 MB of dependencies.
const prebuilt = new Set(["@scalar/api-reference"]);

module.exports = {
  hooks: {
    readPackage(manifest) {
      if (prebuilt.has(manifest.name)) {
        manifest.dependencies = {};
        manifest.peerDependencies = {};
      }
      return manifest;
    },
  },
};
