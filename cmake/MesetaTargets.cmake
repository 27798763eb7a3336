# meseta_library(<name> SOURCES ... [LIBS ...])   one room of the house, a static library
# meseta_program(<name> SOURCES ... [LIBS ...])   an installed program
# meseta_test(<name> [SOURCES ...] [LIBS ...] [LABELS unit|system|long] [TIMEOUT s])
#   a Qt Test program; its source is <name>.cpp unless SOURCES says otherwise
#
# All share the precompiled header of meseta_pch: Qt Core and Network, the standard library and the API messages.

function(meseta_share_precompiled_header name)
  target_precompile_headers(${name} REUSE_FROM meseta_pch)
  add_dependencies(${name} meseta_pch meseta_api_headers)
  if(CMAKE_DISABLE_PRECOMPILE_HEADERS) # for tools that cannot read it: the same header, as text
    target_compile_options(${name} PRIVATE -include ${CMAKE_SOURCE_DIR}/common/api/pch.h)
  endif()
endfunction()

function(meseta_library name)
  cmake_parse_arguments(A "" "" "SOURCES;LIBS" ${ARGN})
  add_library(${name} STATIC ${A_SOURCES})
  target_include_directories(${name} PUBLIC ${CMAKE_SOURCE_DIR})
  target_link_libraries(${name} PUBLIC meseta_pch ${A_LIBS})
  meseta_share_precompiled_header(${name})
endfunction()

function(meseta_program name)
  cmake_parse_arguments(A "" "" "SOURCES;LIBS" ${ARGN})
  add_executable(${name} ${A_SOURCES})
  target_link_libraries(${name} PRIVATE meseta_pch ${A_LIBS})
  meseta_share_precompiled_header(${name})
  install(TARGETS ${name} RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
endfunction()

function(meseta_test name)
  cmake_parse_arguments(A "" "TIMEOUT" "SOURCES;LIBS;LABELS" ${ARGN})
  if(NOT A_SOURCES)
    set(A_SOURCES ${name}.cpp)
  endif()
  if(NOT A_LABELS)
    set(A_LABELS unit)
  endif()
  if(NOT A_TIMEOUT)
    set(A_TIMEOUT 120)
  endif()
  add_executable(${name} ${A_SOURCES})
  target_link_libraries(${name} PRIVATE meseta_pch ${A_LIBS} Qt6::Test)
  meseta_share_precompiled_header(${name})
  add_test(NAME ${name} COMMAND ${name} -maxwarnings 0)
  set_tests_properties(${name} PROPERTIES
    LABELS "${A_LABELS}" TIMEOUT ${A_TIMEOUT}
    ENVIRONMENT "QT_QPA_PLATFORM=offscreen;MESETA_BIN_DIR=${CMAKE_BINARY_DIR}/bin;MESETA_SOURCE_DIR=${CMAKE_SOURCE_DIR}")
endfunction()

# moc stumbles over the attributes in generated message headers and has no business there: their include guards are
# defined for it, so that it sees them empty.
macro(meseta_hide_protos_from_moc)
  file(GLOB_RECURSE protos RELATIVE ${CMAKE_SOURCE_DIR}/common/api CONFIGURE_DEPENDS ${CMAKE_SOURCE_DIR}/common/api/*.proto)
  foreach(proto ${protos})
    string(REPLACE "/" "_2f" guard ${proto})
    string(REPLACE "." "_2e" guard ${guard})
    list(APPEND CMAKE_AUTOMOC_MOC_OPTIONS -DGOOGLE_PROTOBUF_INCLUDED_${guard})
  endforeach()
endmacro()
