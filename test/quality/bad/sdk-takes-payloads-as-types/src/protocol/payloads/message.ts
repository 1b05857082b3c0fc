export class MessageSend {}
