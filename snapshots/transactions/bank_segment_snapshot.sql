{% snapshot bank_segment_snapshot %}
    {{ config(unique_key="client_id") }}
    {{ segment_states(ref("bank_customer_segments"), "client_id") }}
{% endsnapshot %}
