/** class-transformer has the storage that class-validator-jsonschema asks for, but no types and no export for it. */
declare module 'class-transformer/cjs/storage.js' {
  export const defaultMetadataStorage: NonNullable<
    import('class-validator-jsonschema/build/options').IOptions['classTransformerMetadataStorage']
  >;
}
