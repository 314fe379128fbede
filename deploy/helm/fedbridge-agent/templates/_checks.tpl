{{/* What a schema cannot say: values that do not go together. Each ends the rendering with a sentence. */}}
{{- define "fedbridge-agent.checks" -}}
{{- with .Values.scaling }}
{{- if gt (int .min) (int .max) }}
{{- fail (printf "scaling.min is %d and scaling.max is %d: there cannot be more agents at least than at most." (int .min) (int .max)) }}
{{- end }}
{{- end }}
{{- $jobs := include "fedbridge-agent.jobs" . }}
{{- if and (eq $jobs "demands") (not .Values.pool.demands) }}
{{- fail "keda.jobs is demands, and pool.demands has none: list what jobs demand, or leave keda.jobs out." }}
{{- end }}
{{- if and .Values.keda.requireAllDemands (ne $jobs "demands") }}
{{- fail "keda.requireAllDemands is for pool.demands, which are not looked at: set pool.demands, and leave keda.jobs out." }}
{{- end }}
{{- if and (eq $jobs "parent") .Values.keda.jobsToFetch }}
{{- fail "keda.jobsToFetch does not go with keda.jobs parent: KEDA refuses both together." }}
{{- end }}
{{- if and .Values.placeholder.enabled (not .Values.placeholder.name) }}
{{- fail "placeholder.name is empty: name the offline agent that placeholder.enabled makes." }}
{{- end }}
{{- if and (eq $jobs "parent") (not .Values.placeholder.name) }}
{{- fail "keda.jobs is parent: placeholder.name must name the agent that jobs are matched with." }}
{{- end }}
{{- /* Of a key that is there twice the last one counts: policies, budgets and identity would miss the pod. */}}
{{- $annotations := list "cluster-autoscaler.kubernetes.io/safe-to-evict" "azure.workload.identity/skip-containers" }}
{{- if include "fedbridge-agent.tokenSeconds" . }}
{{- $annotations = append $annotations "azure.workload.identity/service-account-token-expiration" }}
{{- end }}
{{- $labels := append (include "fedbridge-agent.selector" . | fromYaml | keys | sortAlpha) "azure.workload.identity/use" }}
{{- $account := list "azure.workload.identity/client-id" "azure.workload.identity/tenant-id" }}
{{- range $own := list
  (list "podLabels" .Values.podLabels $labels)
  (list "podAnnotations" .Values.podAnnotations $annotations)
  (list "serviceAccount.annotations" .Values.serviceAccount.annotations $account) }}
{{- range $key := index $own 2 }}
{{- if hasKey (index $own 1) $key }}
{{- fail (printf "%s has %s, which the chart sets itself: leave it out." (first $own) $key) }}
{{- end }}
{{- end }}
{{- end }}
{{- if and .Values.docker.enabled (not .Values.docker.image) }}
{{- fail (printf "docker.image is required with docker.enabled: an image docker:<version>-dind%s." (ternary "-rootless" "" (eq .Values.docker.mode "rootless"))) }}
{{- end }}
{{- end -}}
