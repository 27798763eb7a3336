include_guard(GLOBAL)

# meseta_system_test(<name> [LIBS ...] [ENGINE])   a test that starts the programs; with ENGINE also a Docker engine
function(meseta_system_test name)
  cmake_parse_arguments(A "ENGINE" "" "LIBS" ${ARGN})
  meseta_test(${name} LIBS meseta_test_system ${A_LIBS} LABELS system TIMEOUT 600)
  if(NOT TARGET ${name})
    return()
  endif()
  add_dependencies(${name} mesos-master mesos-agent mesos-containerizer mesos-execute)
  if(A_ENGINE)
    set_tests_properties(${name} PROPERTIES RESOURCE_LOCK docker) # one engine at a time
  endif()
endfunction()
