"""The machine code of a survey (`surefoot.optim.survey`), printed as LLVM IR.

It calls CPython for lists and dicts, torch's C interface (`aoti_torch_*`) for what a tensor is like, and
`c10::TensorImpl::grad` for its gradient. The GIL is held while it runs.

`look(block)` answers 1 if all is as it was; gradients may have moved, if they lie apart from all that a step writes,
and their new addresses are put into their cells. `release(block)` lets go of the gradients that `look` took hold of.
"""

#: What the block holds, in order: addresses of arrays, an object, or counts. Arrays of 64-bit words:
#: lists, lengths: (lists,) of each list of parameters; entries, sizes: (states,) of the optimizer's state the value,
#: and how many it holds, or -1; contents: (sum of sizes); parameters, bodies: (tensors,) the Python object, and
#: torch's; kinds, grad_kinds: (tensors, 2) torch's flags and type of a parameter and its gradient; dims, shapes:
#: (tensors,) and where its sizes and strides stand; cells, grad_cells: (tensors,) where its address is kept, 0 for one
#: without a gradient; grad_bytes: (tensors,); own: (tensors,) where a gradient may lie though it is written;
#: held: (tensors,); slots, slot_cells: (kept,) tensors of the state, and where their addresses are;
#: starts, ends: (written,) of the blocks of memory that a step writes, in order.
BLOCK = (
    "lists", "lengths", "entries", "sizes", "contents", "parameters", "bodies", "kinds", "grad_kinds", "dims", "shapes",
    "cells", "grad_cells", "grad_bytes", "own", "held", "slots", "slot_cells", "starts", "ends",
    "state", "n_lists", "n_states", "n_tensors", "n_slots", "n_written",
)  # fmt: skip

#: torch's C functions, and CPython's.
SHIMS = (
    "get_dtype",
    "get_dim",
    "get_sizes",
    "get_strides",
    "get_data_ptr",
    "new_tensor_handle",
    "delete_tensor_object",
)
PYTHON = ("PyList_Size", "PyList_GetItem", "PyDict_Size", "PyDict_Next")
GRAD = "_ZNK3c1010TensorImpl4gradEv"


def source(addresses: dict[str, int], body_at: int, flags_at: int, nothing: int) -> str:
    """The module.

    Args:
        addresses: of SHIMS, PYTHON and GRAD. body_at: where a Python tensor holds torch's. flags_at: where that has its
            flags: device, layout, negation and whatever else makes it special. nothing: torch's gradient of a tensor
            without one.
    """
    names = {name: f"inttoptr (i64 {address} to ptr)" for name, address in addresses.items()}
    block = "\n".join(
        f"  %{name}.at = getelementptr i64, ptr %block, i64 {i}\n  %{name} = load {_type(name)}, ptr %{name}.at"
        for i, name in enumerate(BLOCK)
    )
    return _TEXT.format(block=block, body_at=body_at, flags_at=flags_at, nothing=nothing, grad=names.pop(GRAD), **names)


def _type(name: str) -> str:
    return "i64" if name.startswith("n_") else "ptr"


_TEXT = """
define i1 @alike(ptr %tensor, ptr %kind, i64 %dims, ptr %shape) alwaysinline {{
entry:
  %word = alloca i64
  %body = load ptr, ptr %tensor
  %flags_at = getelementptr i8, ptr %body, i64 {flags_at}
  %flags = load i64, ptr %flags_at
  %flags_then = load i64, ptr %kind
  %plain = icmp eq i64 %flags, %flags_then
  br i1 %plain, label %ask, label %no
ask:
  store i64 0, ptr %word
  call i32 {get_dtype}(ptr %tensor, ptr %word)
  %type = load i64, ptr %word
  %type_at = getelementptr i64, ptr %kind, i64 1
  %type_then = load i64, ptr %type_at
  %typed = icmp eq i64 %type, %type_then
  store i64 -1, ptr %word
  call i32 {get_dim}(ptr %tensor, ptr %word)
  %dims_now = load i64, ptr %word
  %ranked = icmp eq i64 %dims_now, %dims
  store ptr null, ptr %word
  call i32 {get_sizes}(ptr %tensor, ptr %word)
  %sizes = load ptr, ptr %word
  store ptr null, ptr %word
  call i32 {get_strides}(ptr %tensor, ptr %word)
  %strides = load ptr, ptr %word
  %sized = icmp ne ptr %sizes, null
  %stepped = icmp ne ptr %strides, null
  %a = and i1 %typed, %ranked
  %b = and i1 %sized, %stepped
  %c = and i1 %a, %b
  br i1 %c, label %dimension, label %no
dimension:
  %d = phi i64 [ 0, %ask ], [ %d_next, %same ]
  %left = icmp slt i64 %d, %dims
  br i1 %left, label %compare, label %yes
compare:
  %size_at = getelementptr i64, ptr %sizes, i64 %d
  %size = load i64, ptr %size_at
  %size_then_at = getelementptr i64, ptr %shape, i64 %d
  %size_then = load i64, ptr %size_then_at
  %size_same = icmp eq i64 %size, %size_then
  %stride_at = getelementptr i64, ptr %strides, i64 %d
  %stride = load i64, ptr %stride_at
  %place = add i64 %d, %dims
  %stride_then_at = getelementptr i64, ptr %shape, i64 %place
  %stride_then = load i64, ptr %stride_then_at
  %stride_same = icmp eq i64 %stride, %stride_then
  %both = and i1 %size_same, %stride_same
  br i1 %both, label %same, label %no
same:
  %d_next = add i64 %d, 1
  br label %dimension
yes:
  ret i1 true
no:
  ret i1 false
}}

define i64 @place(ptr %tensor) alwaysinline {{
  %word = alloca i64
  store i64 -1, ptr %word
  call i32 {get_data_ptr}(ptr %tensor, ptr %word)
  %address = load i64, ptr %word
  ret i64 %address
}}

define i64 @look(ptr %block) {{
entry:
{block}
  %at = alloca i64
  %inner_at = alloca i64
  %key = alloca ptr
  %value = alloca ptr
  br label %list
list:
  %l = phi i64 [ 0, %entry ], [ %l_next, %list_done ]
  %p_first = phi i64 [ 0, %entry ], [ %p_last, %list_done ]
  %lists_left = icmp slt i64 %l, %n_lists
  br i1 %lists_left, label %list_length, label %states
list_length:
  %list_at = getelementptr ptr, ptr %lists, i64 %l
  %list_object = load ptr, ptr %list_at
  %length_at = getelementptr i64, ptr %lengths, i64 %l
  %length = load i64, ptr %length_at
  %length_now = call i64 {PyList_Size}(ptr %list_object)
  %as_long = icmp eq i64 %length_now, %length
  br i1 %as_long, label %item, label %other
item:
  %j = phi i64 [ 0, %list_length ], [ %j_next, %item_same ]
  %items_left = icmp slt i64 %j, %length
  br i1 %items_left, label %item_look, label %list_done
item_look:
  %item_now = call ptr {PyList_GetItem}(ptr %list_object, i64 %j)
  %p_index = add i64 %p_first, %j
  %item_at = getelementptr ptr, ptr %parameters, i64 %p_index
  %item_then = load ptr, ptr %item_at
  %is_item = icmp eq ptr %item_now, %item_then
  br i1 %is_item, label %item_same, label %other
item_same:
  %j_next = add i64 %j, 1
  br label %item
list_done:
  %p_last = add i64 %p_first, %length
  %l_next = add i64 %l, 1
  br label %list
states:
  %states_now = call i64 {PyDict_Size}(ptr %state)
  %as_many = icmp eq i64 %states_now, %n_states
  store i64 0, ptr %at
  br i1 %as_many, label %entry_of_state, label %other
entry_of_state:
  %e = phi i64 [ 0, %states ], [ %e_next, %entry_done ]
  %c_first = phi i64 [ 0, %states ], [ %c_end, %entry_done ]
  %entries_left = icmp slt i64 %e, %n_states
  br i1 %entries_left, label %entry_look, label %tensor
entry_look:
  call i32 {PyDict_Next}(ptr %state, ptr %at, ptr %key, ptr %value)
  %entry_now = load ptr, ptr %value
  %entry_at = getelementptr ptr, ptr %entries, i64 %e
  %entry_then = load ptr, ptr %entry_at
  %is_entry = icmp eq ptr %entry_now, %entry_then
  br i1 %is_entry, label %entry_size, label %other
entry_size:
  %size_at = getelementptr i64, ptr %sizes, i64 %e
  %size = load i64, ptr %size_at
  %is_dict = icmp sge i64 %size, 0
  br i1 %is_dict, label %dict_size, label %entry_done
dict_size:
  %size_now = call i64 {PyDict_Size}(ptr %entry_now)
  %as_large = icmp eq i64 %size_now, %size
  store i64 0, ptr %inner_at
  br i1 %as_large, label %content, label %other
content:
  %k = phi i64 [ 0, %dict_size ], [ %k_next, %content_same ]
  %contents_left = icmp slt i64 %k, %size
  br i1 %contents_left, label %content_look, label %entry_done
content_look:
  call i32 {PyDict_Next}(ptr %entry_now, ptr %inner_at, ptr %key, ptr %value)
  %content_now = load ptr, ptr %value
  %c_index = add i64 %c_first, %k
  %content_at = getelementptr ptr, ptr %contents, i64 %c_index
  %content_then = load ptr, ptr %content_at
  %is_content = icmp eq ptr %content_now, %content_then
  br i1 %is_content, label %content_same, label %other
content_same:
  %k_next = add i64 %k, 1
  br label %content
entry_done:
  %taken = phi i64 [ 0, %entry_size ], [ %k, %content ]
  %c_end = add i64 %c_first, %taken
  %e_next = add i64 %e, 1
  br label %entry_of_state
tensor:
  %i = phi i64 [ 0, %entry_of_state ], [ %i_next, %tensor_done ]
  %tensors_left = icmp slt i64 %i, %n_tensors
  br i1 %tensors_left, label %tensor_look, label %slot
tensor_look:
  %p_at = getelementptr ptr, ptr %parameters, i64 %i
  %p = load ptr, ptr %p_at
  %handle = getelementptr i8, ptr %p, i64 {body_at}
  %body = load ptr, ptr %handle
  %body_then_at = getelementptr ptr, ptr %bodies, i64 %i
  %body_then = load ptr, ptr %body_then_at
  %is_body = icmp eq ptr %body, %body_then
  br i1 %is_body, label %grad_look, label %other
grad_look:
  %grad = call ptr {grad}(ptr %body)
  %grad_body = load ptr, ptr %grad
  %cell_at = getelementptr ptr, ptr %cells, i64 %i
  %cell = load ptr, ptr %cell_at
  %two = mul i64 %i, 2
  %grad_kind = getelementptr i64, ptr %grad_kinds, i64 %two
  %none_expected = icmp eq ptr %cell, null
  br i1 %none_expected, label %no_grad, label %parameter
no_grad:
  %none = icmp eq ptr %grad_body, inttoptr (i64 {nothing} to ptr)
  br i1 %none, label %tensor_done, label %other
parameter:
  %p_kind = getelementptr i64, ptr %kinds, i64 %two
  %dims_at = getelementptr i64, ptr %dims, i64 %i
  %rank = load i64, ptr %dims_at
  %shape_at = getelementptr ptr, ptr %shapes, i64 %i
  %shape = load ptr, ptr %shape_at
  %p_alike = call i1 @alike(ptr %handle, ptr %p_kind, i64 %rank, ptr %shape)
  br i1 %p_alike, label %parameter_place, label %other
parameter_place:
  %p_now = call i64 @place(ptr %handle)
  %p_then = load i64, ptr %cell
  %p_there = icmp eq i64 %p_now, %p_then
  br i1 %p_there, label %gradient, label %other
gradient:
  %g_alike = call i1 @alike(ptr %grad, ptr %grad_kind, i64 %rank, ptr %shape)
  br i1 %g_alike, label %gradient_place, label %other
gradient_place:
  %g_now = call i64 @place(ptr %grad)
  %g_cell_at = getelementptr ptr, ptr %grad_cells, i64 %i
  %g_cell = load ptr, ptr %g_cell_at
  %g_then = load i64, ptr %g_cell
  %g_there = icmp eq i64 %g_now, %g_then
  br i1 %g_there, label %hold, label %moved
moved:
  %bytes_at = getelementptr i64, ptr %grad_bytes, i64 %i
  %bytes = load i64, ptr %bytes_at
  %g_end = add i64 %g_now, %bytes
  %filled = icmp ne i64 %bytes, 0
  br i1 %filled, label %search, label %apart
search:
  %low = phi i64 [ 0, %moved ], [ %low_next, %halve ]
  %high = phi i64 [ %n_written, %moved ], [ %high_next, %halve ]
  %wide = icmp slt i64 %low, %high
  br i1 %wide, label %halve, label %before
halve:
  %sum = add i64 %low, %high
  %middle = lshr i64 %sum, 1
  %start_at = getelementptr i64, ptr %starts, i64 %middle
  %start = load i64, ptr %start_at
  %is_below = icmp sle i64 %start, %g_now
  %above = add i64 %middle, 1
  %low_next = select i1 %is_below, i64 %above, i64 %low
  %high_next = select i1 %is_below, i64 %high, i64 %middle
  br label %search
before:
  %has_before = icmp sgt i64 %low, 0
  br i1 %has_before, label %before_look, label %after
before_look:
  %before_index = sub i64 %low, 1
  %end_at = getelementptr i64, ptr %ends, i64 %before_index
  %end = load i64, ptr %end_at
  %reaches = icmp sgt i64 %end, %g_now
  %own_at = getelementptr i64, ptr %own, i64 %i
  %own_now = load i64, ptr %own_at
  %is_foreign = icmp ne i64 %g_now, %own_now
  %touches_before = and i1 %reaches, %is_foreign
  br i1 %touches_before, label %other, label %after
after:
  %has_after = icmp slt i64 %low, %n_written
  br i1 %has_after, label %after_look, label %apart
after_look:
  %next_at = getelementptr i64, ptr %starts, i64 %low
  %next_start = load i64, ptr %next_at
  %touches_after = icmp slt i64 %next_start, %g_end
  br i1 %touches_after, label %other, label %apart
apart:
  store i64 %g_now, ptr %g_cell
  br label %hold
hold:
  %hold_at = getelementptr ptr, ptr %held, i64 %i
  call i32 {new_tensor_handle}(ptr %grad, ptr %hold_at)
  br label %tensor_done
tensor_done:
  %i_next = add i64 %i, 1
  br label %tensor
slot:
  %s = phi i64 [ 0, %tensor ], [ %s_next, %slot_same ]
  %slots_left = icmp slt i64 %s, %n_slots
  br i1 %slots_left, label %slot_look, label %done
slot_look:
  %slot_at = getelementptr ptr, ptr %slots, i64 %s
  %slot_object = load ptr, ptr %slot_at
  %slot_handle = getelementptr i8, ptr %slot_object, i64 {body_at}
  %slot_now = call i64 @place(ptr %slot_handle)
  %slot_cell_at = getelementptr ptr, ptr %slot_cells, i64 %s
  %slot_cell = load ptr, ptr %slot_cell_at
  %slot_then = load i64, ptr %slot_cell
  %slot_there = icmp eq i64 %slot_now, %slot_then
  br i1 %slot_there, label %slot_same, label %other
slot_same:
  %s_next = add i64 %s, 1
  br label %slot
done:
  ret i64 1
other:
  ret i64 0
}}

define void @release(ptr %block) {{
entry:
{block}
  br label %tensor
tensor:
  %i = phi i64 [ 0, %entry ], [ %i_next, %next ]
  %left = icmp slt i64 %i, %n_tensors
  br i1 %left, label %look, label %done
look:
  %hold_at = getelementptr ptr, ptr %held, i64 %i
  %hold = load ptr, ptr %hold_at
  %nothing = icmp eq ptr %hold, null
  br i1 %nothing, label %next, label %let_go
let_go:
  store ptr null, ptr %hold_at
  call i32 {delete_tensor_object}(ptr %hold)
  br label %next
next:
  %i_next = add i64 %i, 1
  br label %tensor
done:
  ret void
}}
"""
