declare module "bitcoinjs-message" {
  const message: { verify(message: string, address: string, signature: string | Buffer): boolean };
  export default message;
}
