# Inert. The addon is built by CMake (tools/build/build-native.mjs): run `npm run build:native`, or
# `npm run build:native -- --cuda` for the CUDA addon. package.json says "gypfile": false, so that npm does not take this
# file for a reason to run node-gyp on install; tools that look for a binding.gyp to recognise a native package find it.
{
  'targets': [
    {
      'target_name': 'voicelingua',
      'type': 'none'
    }
  ]
}
