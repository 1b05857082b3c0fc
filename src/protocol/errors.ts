/**
 * Every refusal, once: HTTP status, whether the same request may succeed later, and a sentence that says what to do.
 * Codes are stable: a client may switch on them.
 */
interface ErrorDefinition {
  readonly status: number;
  readonly retryable: boolean;
  readonly message: string;
}

const define = (status: number, message: string, retryable = false): ErrorDefinition => ({
  status,
  message,
  retryable,
});

export const ERRORS = {
  BAD_JSON: define(400, 'The body is not valid JSON. Send one JSON object.'),
  BAD_REQUEST: define(400, 'The request is malformed. Look at details.problems for the fields.'),
  UNSUPPORTED_MEDIA_TYPE: define(415, 'Send the body as application/json.'),
  PAYLOAD_TOO_LARGE: define(413, 'The request is larger than the server accepts.'),
  METHOD_NOT_ALLOWED: define(405, 'This address does not take that method.'),
  REQUEST_TIMEOUT: define(408, 'The request took too long to arrive.', true),
  NOT_FOUND: define(404, 'There is nothing here, or it is not for you.'),
  UNAUTHENTICATED: define(401, 'Log in again: the token is missing, expired or not valid here.'),
  LOGIN_FAILED: define(401, 'Logging in failed. Ask for a new challenge and sign it with the key of this account.'),
  FORBIDDEN: define(403, 'This is not allowed for your account.'),
  ORIGIN_NOT_ALLOWED: define(403, 'This web page may not connect to the server.'),
  RATE_LIMITED: define(429, 'Too many requests. Wait for details.retryAfterMs and try again.', true),
  UNAVAILABLE: define(503, 'The server cannot do this right now. Try again.', true),
  INTERNAL: define(500, 'Something went wrong on the server. Tell the operator the request id.', true),

  USERNAME_TAKEN: define(409, 'This username is taken. Choose another one.'),
  IDENTITY_KEY_TAKEN: define(409, 'This identity key already has an account. Log in with it, or generate a new one.'),
  BAD_KEY: define(400, 'A key is not a usable Ed25519 public key.'),
  BAD_SIGNATURE: define(400, 'A signature does not match what it should sign.'),
  PROOF_OF_WORK_INVALID: define(400, 'The proof of work is missing, wrong, used or expired. Ask for a new one.'),
  INVITATION_REQUIRED: define(403, 'Registering here needs an invitation from the operator.'),
  INVITATION_INVALID: define(404, 'This invitation is unknown, used or expired. Ask for a new one.'),
  KEY_PACKAGE_INVALID: define(400, 'A key package is not one this account may publish.'),
  KEY_PACKAGE_LIMIT: define(409, 'There are enough key packages. Upload more when the server asks.'),
  KEY_PACKAGE_NONE: define(404, 'This friend has no key package. It will publish one when it is next online.', true),
  SESSION_REVOKED: define(401, 'This session was ended. Log in again.'),
  DEVICE_REPLACED: define(401, 'Another device of this account has taken its place.'),

  FRIEND_LIMIT: define(409, 'One of you has 20 friends already. Remove one first.'),
  REQUEST_LIMIT: define(409, 'Five friend requests wait for an answer. Cancel one first.'),
  INVITATION_LIMIT: define(409, 'Twenty invitations are open. Revoke one first.'),
  NOT_YOURSELF: define(400, 'This cannot be done to yourself.'),
  ALREADY_FRIENDS: define(409, 'You are friends already.'),

  CLIENT_MESSAGE_ID_REUSED: define(409, 'This client message id was used for another message. Use a new one.'),
  EPOCH_STALE: define(409, 'The conversation has moved on. Apply the handshakes after your epoch and try again.', true),
  UNREAD_LIMIT: define(
    409,
    'Too many messages wait unread on the other side. Try again when some were read or burned.',
    true,
  ),
  MESSAGE_EXPIRED: define(410, 'The time this message was given is over. It was not sent.'),
  GROUP_FULL: define(409, 'A group has five members at most. Remove somebody first.'),
  GROUP_COUNT_LIMIT: define(409, 'One of you is in 20 groups already. Leave one first.'),
  GROUP_OWNER_ONLY: define(403, 'Only the owner of the group may do this.'),
  GROUP_EMPTY: define(409, 'Nobody else is in this group. Add somebody first.'),
  GROUP_CHANGING: define(409, 'Somebody has left this group. Commit the removal, then try again.', true),
  ALREADY_MEMBER: define(409, 'This person is in the group already.'),

  CURRENCY_UNSUPPORTED: define(400, 'This server has another currency. Look at details.currency.'),
  INSUFFICIENT_FUNDS: define(409, 'The balance is too low for this. Nothing was moved.'),
  PAYMENT_LIMIT: define(409, 'This is more than one order may move. Look at details.max.'),
  PAYMENT_DAY_LIMIT: define(409, 'This is more than you may move in a day. Look at details.left.'),
  ORDER_ID_REUSED: define(409, 'This order id was used for another order. Use a new one.'),
  ORDER_OUTDATED: define(400, 'The order was signed too long ago, or the clock is wrong. Sign a new one.'),
  ORDER_EXPIRED: define(410, 'The time to claim this is over. The money goes back to its sender.'),
  PAYEE_KEY_CHANGED: define(409, 'The order names another identity key than the payee has. Check it and sign again.'),
  PAYEE_KEY_RECENT: define(409, 'The identity key of the payee is new. Confirm that it is theirs and sign again.'),
  PROVIDER_UNAVAILABLE: define(503, 'The payment provider does not answer. Nothing was moved. Try again.', true),
  CALLBACK_INVALID: define(401, 'The callback is not signed by the payment provider, or too old.'),

  UNKNOWN_EVENT: define(404, 'The server knows no such event.'),
  ACK_REQUIRED: define(400, 'Every event needs an acknowledgement callback.'),
  TOO_MANY_CONNECTIONS: define(429, 'Too many connections. Close one, or wait and try again.', true),
  SHUTTING_DOWN: define(503, 'The server is restarting. Reconnect in a moment.', true),
} as const satisfies Record<string, ErrorDefinition>;

export type ErrorCode = keyof typeof ERRORS;

/** The shape of every error, over HTTP and over sockets. */
export interface WireError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly details: Readonly<Record<string, unknown>>;
}
