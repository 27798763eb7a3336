# Compiler settings shared by every target.

# Fields that Mesos calls deprecated are still on its wire.
add_compile_options(-Wall -Wextra -Wpedantic -Wshadow -Wno-missing-field-initializers -Wno-deprecated-declarations)
if(MESETA_WERROR)
  # GCC 12 sees ghosts in std::string and std::optional at -O2: these stay warnings.
  add_compile_options(-Werror -Wno-error=array-bounds -Wno-error=stringop-overflow -Wno-error=stringop-overread
                      -Wno-error=maybe-uninitialized -Wno-error=restrict)
endif()

# One code model for libraries, programs and tests, so that all can share one precompiled header.
add_compile_options(-fPIC)
set(CMAKE_CXX_COMPILE_OPTIONS_PIE -fPIC)
set(CMAKE_C_COMPILE_OPTIONS_PIE -fPIC)

add_compile_definitions(QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII
                        QT_MESSAGELOGCONTEXT)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  # ccache needs to be told that a precompiled header's defines and times do not matter.
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CCACHE})
  set(CMAKE_C_COMPILER_LAUNCHER ${CMAKE_CXX_COMPILER_LAUNCHER})
  if(NOT CMAKE_DISABLE_PRECOMPILE_HEADERS)
    add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-fpch-preprocess>)
  endif()
endif()

# The quickest linker there is: a hundred test programs are linked from the same libraries.
find_program(MOLD ld.mold)
find_program(GOLD ld.gold)
if(MOLD)
  add_link_options(-fuse-ld=mold)
elseif(GOLD)
  add_link_options(-fuse-ld=gold)
endif()
