import { readFile } from "node:fs/promises";
import { request } from "./http.ts";
import { StorageError, type Env } from "./storage.ts";

/** Credentials of AWS. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

interface Expiring {
  readonly credentials: AwsCredentials;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Time before their end at which credentials are fetched again, in milliseconds. */
const reserveMs = 5 * 60_000;

/**
 * Credentials from env vars: Flyte's (`FLYTE_AWS_ACCESS_KEY_ID`, ...), AWS's own, a role of the pod's service account
 * (`AWS_ROLE_ARN` with `AWS_WEB_IDENTITY_TOKEN_FILE`), or the agent of EKS or ECS (`AWS_CONTAINER_CREDENTIALS_FULL_URI`).
 *
 * @returns A function that gives them, fetched again before they end. @throws StorageError if there are none.
 */
export function awsCredentials(env: Env, region: string): () => Promise<AwsCredentials> {
  const fixed = fixedCredentials(env);
  if (fixed !== undefined) return () => Promise.resolve(fixed);
  const source = roleSource(env, region) ?? agentSource(env);
  if (source === undefined) return () => Promise.reject(new StorageError(missing));
  let kept: Promise<Expiring> | undefined;
  return async () => {
    kept ??= source();
    try {
      const { credentials, expiresAt } = await kept;
      if (expiresAt - reserveMs > Date.now()) return credentials;
      kept = source();
      return (await kept).credentials;
    } catch (error) {
      kept = undefined;
      throw error;
    }
  };
}

const missing =
  "there are no credentials for S3: set FLYTE_AWS_ACCESS_KEY_ID and FLYTE_AWS_SECRET_ACCESS_KEY, or give the pod a role";

function fixedCredentials(env: Env): AwsCredentials | undefined {
  for (const prefix of ["FLYTE_AWS_", "AWS_"]) {
    const accessKeyId = env[`${prefix}ACCESS_KEY_ID`];
    const secretAccessKey = env[`${prefix}SECRET_ACCESS_KEY`];
    const sessionToken = env[`${prefix}SESSION_TOKEN`];
    if (accessKeyId === undefined || secretAccessKey === undefined) continue;
    return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
  }
  return undefined;
}

/** Source: AWS Security Token Service, AssumeRoleWithWebIdentity. */
function roleSource(env: Env, region: string): (() => Promise<Expiring>) | undefined {
  const [role, tokenFile] = [env["AWS_ROLE_ARN"], env["AWS_WEB_IDENTITY_TOKEN_FILE"]];
  if (role === undefined || tokenFile === undefined) return undefined;
  const endpoint = env["AWS_ENDPOINT_URL_STS"] ?? `https://sts.${region}.amazonaws.com`;
  return async () => {
    const token = await readToken(tokenFile);
    const body = new URLSearchParams({
      Action: "AssumeRoleWithWebIdentity",
      Version: "2011-06-15",
      RoleArn: role,
      RoleSessionName: env["AWS_ROLE_SESSION_NAME"] ?? "appenv",
      WebIdentityToken: token,
    });
    const answer = await request("AssumeRoleWithWebIdentity", (signal) =>
      fetch(endpoint, { method: "POST", body, signal }),
    );
    return readXml(Buffer.from(answer ?? []).toString("utf8"));
  };
}

function readXml(xml: string): Expiring {
  const field = (name: string): string => {
    const found = new RegExp(`<${name}>([^<]+)</${name}>`).exec(xml)?.[1];
    if (found === undefined) throw new StorageError(`AssumeRoleWithWebIdentity was answered without ${name}`);
    return found;
  };
  return {
    credentials: {
      accessKeyId: field("AccessKeyId"),
      secretAccessKey: field("SecretAccessKey"),
      sessionToken: field("SessionToken"),
    },
    expiresAt: Date.parse(field("Expiration")),
  };
}

/** Source: the credentials agent of EKS Pod Identity and of ECS. */
function agentSource(env: Env): (() => Promise<Expiring>) | undefined {
  const relative = env["AWS_CONTAINER_CREDENTIALS_RELATIVE_URI"];
  const url = env["AWS_CONTAINER_CREDENTIALS_FULL_URI"] ?? (relative && `http://169.254.170.2${relative}`);
  if (url === undefined) return undefined;
  return async () => {
    const tokenFile = env["AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE"];
    const token = tokenFile === undefined ? env["AWS_CONTAINER_AUTHORIZATION_TOKEN"] : await readToken(tokenFile);
    const headers: Record<string, string> = token === undefined ? {} : { Authorization: token };
    const answer = await request("The credentials agent", (signal) => fetch(url, { headers, signal }));
    return readJson(Buffer.from(answer ?? []).toString("utf8"));
  };
}

function readJson(text: string): Expiring {
  try {
    const { AccessKeyId, SecretAccessKey, Token, Expiration } = JSON.parse(text) as Record<string, string>;
    if (AccessKeyId === undefined || SecretAccessKey === undefined) throw new Error("it has no keys");
    return {
      credentials: {
        accessKeyId: AccessKeyId,
        secretAccessKey: SecretAccessKey,
        ...(Token === undefined ? {} : { sessionToken: Token }),
      },
      expiresAt: Expiration === undefined ? Infinity : Date.parse(Expiration),
    };
  } catch (error) {
    throw new StorageError(`the credentials agent answered something else: ${(error as Error).message}`);
  }
}

async function readToken(file: string): Promise<string> {
  try {
    return (await readFile(file, "utf8")).trim();
  } catch (error) {
    throw new StorageError(`the token file ${file} cannot be read: ${(error as Error).message}`);
  }
}
